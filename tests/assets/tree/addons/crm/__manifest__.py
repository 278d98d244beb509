{'name': 'Not installed', 'depends': ['web'], 'assets': {'web.assets_web': ['crm/static/src/crm.js']}}
