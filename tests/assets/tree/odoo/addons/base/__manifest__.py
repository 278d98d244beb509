{'name': 'Small base'}
