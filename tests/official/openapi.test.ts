import { judgedBy } from './judged-by';

judgedBy({ name: 'openapi', script: 'openapi_suite.py' });
