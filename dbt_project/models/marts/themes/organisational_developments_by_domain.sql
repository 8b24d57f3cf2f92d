{{ theme_table('organisational_developments', 'domain') }}
