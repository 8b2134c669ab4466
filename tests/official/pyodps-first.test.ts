import { judgedBy } from './judged-by';

judgedBy({ name: 'pyodps-first', client: 'pyodps', script: 'pyodps_first.py' });
