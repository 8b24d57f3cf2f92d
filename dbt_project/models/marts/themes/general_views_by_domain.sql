{{ theme_table('general_views', 'domain') }}
