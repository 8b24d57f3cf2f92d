{{ theme_table('public_values', 'domain') }}
