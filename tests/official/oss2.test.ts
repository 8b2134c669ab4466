import { judgedBy } from './judged-by';

judgedBy({ name: 'oss2', script: 'oss2_suite.py' });
