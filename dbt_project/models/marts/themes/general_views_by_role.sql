{{ theme_table('general_views', 'role') }}
