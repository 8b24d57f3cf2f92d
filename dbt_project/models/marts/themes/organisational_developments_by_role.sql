{{ theme_table('organisational_developments', 'role') }}
