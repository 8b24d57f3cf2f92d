{{ theme_table('public_values', 'ministry') }}
