{{ theme_table('societal_developments', 'role') }}
