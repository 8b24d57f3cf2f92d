{{ theme_table('general_views', 'ministry') }}
