{{ theme_table('public_values', 'role') }}
