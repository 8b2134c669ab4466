import { judgedBy } from './judged-by';

judgedBy({ name: 'pyodps', script: 'pyodps_suite.py' });
judgedBy({ name: 'pyodps-tunnel', script: 'pyodps_tunnel.py' });
