{{ theme_table('organisational_developments', 'ministry') }}
