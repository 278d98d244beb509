# -*- coding: utf-8 -*-
# A little addon for tests: every operation that a manifest may use on its assets.
{
    'name': "Small web",
    'depends': ['base'],
    'description': """
Says "nothing" (really).
""",
    'assets': {
        'web.assets_web': [
            ('include', 'web._core'),
            'web/static/src/views/**/*',
            ('remove', 'web/static/src/views/far/**'),
            ('before', 'web/static/src/views/list.scss', 'web/static/src/before.scss'),
            ('after', 'web/static/src/core/box.js', 'web/static/src/after.js'),
            ('replace', 'web/static/src/core/old.js', 'web/static/src/new.js'),
            'base/static/src/plain.css',
            'web/static/src/main.js',
        ],
        'web._core': [
            'web/static/src/core/*',
            ('prepend', 'web/static/lib/box/*.js'),
            ('prepend', 'web/static/src/variables.scss'),
        ],
        'web.assets_web_print': [
            'web/static/src/print.scss',
        ],
        'web.far': [
            '/web/static/src/views/far/**',
        ],
    },
}
