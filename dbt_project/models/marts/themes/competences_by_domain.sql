{{ theme_table('competences', 'domain') }}
