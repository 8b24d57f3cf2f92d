{{ theme_table('societal_developments', 'domain') }}
