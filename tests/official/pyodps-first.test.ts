import { judgedBy } from './judged-by';

judgedBy({ name: 'pyodps-first', script: 'pyodps_first.py' });
