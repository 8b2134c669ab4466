import { answers } from './maxcompute-answers';

process.stdout.write(JSON.stringify(answers()));
