async = True
options = dict(async=async, await='yes')
