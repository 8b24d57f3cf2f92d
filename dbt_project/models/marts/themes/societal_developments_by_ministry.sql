{{ theme_table('societal_developments', 'ministry') }}
