import fc from 'fast-check';
import { call } from '../tests/serving/http-call';
import { SAMPLE_REQUEST, smallModel } from '../tests/serving/small-model';
import { createPredictionServer, MAX_ROWS } from './server';

const { model } = smallModel();
const NOW = Date.UTC(2012, 9, 26, 10, 30, 0, 123);
const sample = { request: SAMPLE_REQUEST, prediction: model.predict(SAMPLE_REQUEST).value };
const ROW = {
  store: 1,
  temperature: 75.5,
  fuel_price: 3.2,
  holiday_flag: 0,
  unemployment: 8.1,
  cpi: 210.3,
};
const lines: unknown[] = [];

type Served = Parameters<typeof createPredictionServer>[0]['model'];
const open: { close(): Promise<unknown> }[] = [];

/** A listening server for the small model with some parts of it replaced. */
async function server(changes: Partial<Served> = {}) {
  const { version, kind, predict } = model;
  const { app, startDraining } = createPredictionServer({
    model: { version, kind, predict, sample, ...changes },
    log: (line) => void lines.push(line),
    now: () => NOW,
  });
  open.push(app);
  return { url: await app.listen({ host: '127.0.0.1', port: 0 }), startDraining };
}

async function post(body: unknown, headers: Record<string, string> = {}, url = shared) {
  const answer = await call({
    url: `${url}/predict`,
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
  });
  return { status: answer.status, headers: answer.headers, body: answer.json() };
}

/** Address of a server that the tests of one file share. */
let shared: string;
beforeEach(async () => {
  lines.length = 0;
  shared = (await server()).url;
});
afterEach(async () => {
  for (const app of open.splice(0)) await app.close();
});

describe('a prediction', () => {
  it('answers one row with the figure of the model, its version and the time', async () => {
    const { status, body, headers } = await post(ROW);
    expect(status).toBe(200);
    expect(body).toEqual({
      predicted_weekly_sales: model.predict({ ...ROW, date: '2012-10-26' }).value,
      model_version: 'v_20250710_073527',
      prediction_time: '2012-10-26T10:30:00Z',
    });
    expect(headers['x-model-version']).toBe('v_20250710_073527');
    expect(headers['content-type']).toBe('application/json; charset=utf-8');
  });

  it('answers a list with a list in its order, at / as well', async () => {
    const rows = [ROW, { ...ROW, store: 2, date: '2011-03-04' }, { ...ROW, date: '04-03-2011' }];
    const answer = await call({
      url: `${shared}/`,
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: rows,
    });
    expect(
      answer.json<Record<string, number>[]>().map((one) => one['predicted_weekly_sales']),
    ).toEqual([
      model.predict({ ...ROW, date: '2012-10-26' }).value,
      model.predict({ ...ROW, store: 2, date: '2011-03-04' }).value,
      model.predict({ ...ROW, date: '2011-03-04' }).value,
    ]);
  });

  it('keeps the figure to the last bit through JSON', async () => {
    const numbers = fc.double({ min: -1e6, max: 1e6, noNaN: true });
    await fc.assert(
      fc.asyncProperty(numbers, numbers, fc.constantFrom(1, 2, 3), async (cpi, heat, store) => {
        const row = { ...ROW, cpi, temperature: heat, store, date: '2011-03-04' };
        const { body } = await post(row);
        expect(body.predicted_weekly_sales).toBe(
          // JSON has no -0, neither in the request nor in the answer.
          model.predict(JSON.parse(JSON.stringify(row))).value + 0,
        );
      }),
      { numRuns: 200 },
    );
  });

  it('uses the last trained year for a later one and says so', async () => {
    const { status, body } = await post({ ...ROW, date: '2026-11-20' });
    expect(status).toBe(200);
    expect(body.effective_year).toBe(2012);
    expect(body.warnings).toEqual([expect.stringContaining('2026')]);
    expect(body.predicted_weekly_sales).toBe(model.predict({ ...ROW, date: '2012-11-23' }).value);
  });

  it('reads a body without a content type as JSON', async () => {
    const answer = await call({ url: `${shared}/predict`, method: 'POST', body: ROW });
    expect(answer.status).toBe(200);
  });
});

describe('wrong input', () => {
  it.each<[string, unknown, number, string, string | undefined, RegExp]>([
    [
      'a missing field',
      { ...ROW, cpi: undefined },
      400,
      'missing_field',
      'cpi',
      /cpi.*"cpi": 210\.3/,
    ],
    [
      'a misspelt field',
      { ...ROW, temperature: undefined, Temprature: 1 },
      400,
      'missing_field',
      'temperature',
      /"Temprature"/,
    ],
    ['a misspelt date', { ...ROW, Date: '2011-03-04' }, 400, 'unknown_field', 'Date', /"date"/],
    ['an unknown field', { ...ROW, colour: 'red' }, 400, 'unknown_field', 'colour', /leave it out/],
    ['a number as text', { ...ROW, cpi: '210.3' }, 400, 'wrong_type', 'cpi', /"210\.3"/],
    ['null', { ...ROW, cpi: null }, 400, 'wrong_type', 'cpi', /null/],
    ['true', { ...ROW, holiday_flag: true }, 400, 'wrong_type', 'holiday_flag', /true/],
    ['half a store', { ...ROW, store: 1.5 }, 400, 'wrong_type', 'store', /whole number.*1\.5/],
    ['a list for a number', { ...ROW, cpi: [1] }, 400, 'wrong_type', 'cpi', /list/],
    ['a date as a number', { ...ROW, date: 20110304 }, 400, 'wrong_type', 'date', /20110304/],
    ['30 February', { ...ROW, date: '2011-02-30' }, 400, 'invalid_date', 'date', /2011-02-30/],
    ['a month first', { ...ROW, date: '02-28-2011' }, 400, 'invalid_date', 'date', /02-28-2011/],
    ['an unknown store', { ...ROW, store: 99 }, 422, 'unknown_level', 'store', /99.*1-3/],
    ['an unknown flag', { ...ROW, holiday_flag: 2 }, 422, 'unknown_level', 'holiday_flag', /0-1/],
    [
      'a year before the training data',
      { ...ROW, date: '2009-03-06' },
      422,
      'unknown_level',
      'date',
      /2009-03-06.*2010-2012/,
    ],
    ['a text', '"hello"', 400, 'wrong_type', undefined, /"hello"/],
    ['null as a body', 'null', 400, 'wrong_type', undefined, /null/],
    ['an empty list', [], 400, 'empty_list', undefined, /at least one/],
    ['a list of a list', [[ROW]], 400, 'wrong_type', undefined, /row 0/],
    ['broken JSON', '{"store":1,', 400, 'malformed_json', undefined, /not JSON/],
    ['nothing', '', 400, 'malformed_json', undefined, /not JSON/],
    ['NaN', '{"store":NaN}', 400, 'malformed_json', undefined, /not JSON/],
  ])('refuses %s', async (_name, body, status, code, field, message) => {
    const answer = await post(body);
    expect(answer.status).toBe(status);
    expect(answer.body.error.code).toBe(code);
    expect(answer.body.error.field).toBe(field);
    expect(answer.body.error.message).toMatch(message);
    expect(Object.keys(answer.body)).toEqual(['error']);
  });

  it('refuses a number too large for a double, and values that overflow the model', async () => {
    const huge = JSON.stringify(ROW).replace('210.3', '1e999');
    expect((await post(huge)).body.error).toMatchObject({ code: 'wrong_type', field: 'cpi' });
    const overflowing = await post({ ...ROW, cpi: 1.7e308, temperature: -1.7e308 });
    expect(overflowing.status).toBe(422);
    expect(overflowing.body.error.code).toBe('not_predictable');
  });

  it.each([
    ['schema', { ...ROW, cpi: 'x' }, 400, 'cpi'],
    ['date', { ...ROW, date: 'x' }, 400, 'date'],
    ['level', { ...ROW, store: 4 }, 422, 'store'],
  ])('names the row of a list (%s)', async (_name, row, status, field) => {
    const answer = await post([ROW, ROW, row, ROW]);
    expect(answer.status).toBe(status);
    expect(answer.body.error).toMatchObject({ field, index: 2 });
    expect(answer.body.error.message).toMatch(/^row 2: /);
  });

  it('bounds the length of a list and the size of a body', async () => {
    const { status, body } = await post(Array.from({ length: MAX_ROWS + 1 }, () => ROW));
    expect([status, body.error.code]).toEqual([400, 'too_many_rows']);
    const long = await post({ ...ROW, date: 'x'.repeat(5_000_000) });
    expect([long.status, long.body.error.code]).toEqual([413, 'body_too_large']);
    expect((await post(Array.from({ length: MAX_ROWS }, () => ROW))).status).toBe(200);
  });

  it('refuses other media types and encodings', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'nonsense']) {
      const { status, body } = await post(ROW, { 'content-type': type });
      expect([type, status, body.error.code]).toEqual([type, 415, expect.any(String)]);
    }
    const zipped = await post(ROW, { 'content-encoding': 'gzip' });
    expect(zipped.status).toBe(415);
  });

  it('never answers a number for a body that is not a row', async () => {
    await fc.assert(
      fc.asyncProperty(fc.json(), async (text) => {
        const { status, body } = await post(text);
        expect(status).toBeGreaterThanOrEqual(400);
        expect(status).toBeLessThan(500);
        expect(typeof body.error.message).toBe('string');
      }),
      { numRuns: 300 },
    );
  });

  it('says where predictions are asked for', async () => {
    const get = await call({ url: `${shared}/predict` });
    expect([get.status, get.headers['allow']]).toEqual([405, 'POST']);
    const nowhere = await call({ url: `${shared}/nowhere`, method: 'POST', body: {} });
    expect([nowhere.status, nowhere.json().error.code]).toEqual([404, 'not_found']);
  });
});

describe('request ids', () => {
  it('echoes a sane id and replaces any other', async () => {
    expect((await post(ROW, { 'x-request-id': 'a-1:b' })).headers['x-request-id']).toBe('a-1:b');
    for (const odd of ['', 'with space', 'x'.repeat(200)]) {
      const id = (await post(ROW, { 'x-request-id': odd })).headers['x-request-id'];
      expect(id).not.toBe(odd);
      expect(id).toMatch(/^[0-9a-f]{12}-\d+$/);
    }
  });
});

describe('readiness', () => {
  it('is there when the sample row gives the stored figure', async () => {
    const health = await call({ url: `${shared}/health` });
    expect([health.status, health.json()]).toEqual([
      200,
      { status: 'ready', model_version: 'v_20250710_073527', kind: 'linear' },
    ]);
  });

  it.each([
    [
      'one bit off',
      { sample: { ...sample, prediction: nextDouble(sample.prediction) } },
      /trainer/,
    ],
    ['no sample', { sample: undefined }, /no sample/],
    [
      'a sample it refuses',
      { sample: { ...sample, request: { ...SAMPLE_REQUEST, store: 9 } } },
      /store 9/,
    ],
  ])('is refused with the reason, and so are predictions: %s', async (_name, change, reason) => {
    const { url } = await server(change);
    const health = await call({ url: `${url}/health` });
    expect([health.status, health.json().error.code]).toEqual([503, 'not_ready']);
    expect(health.json().error.message).toMatch(reason);
    expect((await post(ROW, {}, url)).status).toBe(503);
    expect((await call({ url: `${url}/metrics` })).text).toContain('pai_loop_ready 0');
  });

  it('ends while draining, but requests still get answers on connections that close', async () => {
    const { url, startDraining } = await server();
    startDraining();
    expect((await call({ url: `${url}/health` })).status).toBe(503);
    const answer = await post(ROW, {}, url);
    expect([answer.status, answer.headers['connection']]).toEqual([200, 'close']);
  });
});

describe('a fault of the service itself', () => {
  it('is a 500 that gives nothing away and a log line without the body', async () => {
    let calls = 0;
    const { url } = await server({
      predict: (row) => {
        if (calls++ > 0) throw new Error('inner words');
        return model.predict(row);
      },
    });
    const answer = await post({ ...ROW, cpi: 123.456789 }, { 'x-request-id': 'r1' }, url);
    expect(answer.status).toBe(500);
    expect(JSON.stringify(answer.body)).not.toContain('inner words');
    expect(lines).toEqual([
      expect.objectContaining({ level: 'error', event: 'requestFailed', requestId: 'r1' }),
    ]);
    expect(JSON.stringify(lines)).not.toContain('123.456789');
  });
});

describe('metrics', () => {
  it('count requests by class, predictions, warnings and time', async () => {
    await post(ROW);
    await post([ROW, { ...ROW, date: '2026-11-20' }]);
    await post({});
    const page = await call({ url: `${shared}/metrics` });
    expect(page.headers['content-type']).toBe('text/plain; version=0.0.4; charset=utf-8');
    const figure = (name: string) => {
      const line = page.text.split('\n').find((text) => text.startsWith(`${name} `));
      return line === undefined ? undefined : Number(line.slice(name.length + 1));
    };
    expect(figure('pai_loop_http_requests_total{status="2xx"}')).toBe(2);
    expect(figure('pai_loop_http_requests_total{status="4xx"}')).toBe(1);
    expect(figure('pai_loop_predictions_total')).toBe(3);
    expect(figure('pai_loop_prediction_warnings_total')).toBe(1);
    expect(figure('pai_loop_http_request_duration_seconds_count')).toBe(3);
    expect(figure('pai_loop_http_request_duration_seconds_bucket{le="+Inf"}')).toBe(3);
    expect(figure('pai_loop_http_request_duration_seconds_sum')).toBeGreaterThan(0);
    expect(figure('process_resident_memory_bytes')).toBeGreaterThan(1e7);
    expect(page.text).toContain(
      'pai_loop_model_info{model_version="v_20250710_073527",kind="linear"} 1',
    );
    for (const line of page.text.trimEnd().split('\n')) {
      expect(line).toMatch(
        /^(# (HELP|TYPE) \w+ .+|\w+(\{\w+="[^"]*"(,\w+="[^"]*")*\})? [\d.e+-]+)$/,
      );
    }
  });
});

function nextDouble(value: number): number {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value);
  view.setBigInt64(0, view.getBigInt64(0) + 1n);
  return view.getFloat64(0);
}
