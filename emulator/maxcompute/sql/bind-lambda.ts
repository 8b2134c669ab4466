import type { Binder, Place } from './binder';
import { type Bound, NULL } from './bound';
import { semanticError } from './errors';
import { items, type Node, name, need, placeOf } from './parse-query';
import { quote } from './types';

/** `x -> …` or `(x, y) -> …`: an argument whose text is made once the types of its parameters are known. */
export function bindLambda(binder: Binder, data: Node['data'], place: Place): Bound {
  const names = items(data, 'parameters').map((parameter) => name(parameter) ?? '');
  const at = placeOf(data, binder.source);
  return {
    ...NULL,
    constant: undefined,
    at,
    lambda: (types) => {
      if (types.length !== names.length) {
        throw semanticError(at, `the lambda must have ${types.length} parameters`);
      }
      const references = names.map((parameter) => quote(binder.fresh(parameter)));
      const known = new Map(place.lambda);
      names.forEach((parameter, index) => {
        known.set(parameter, { sql: references[index], type: types[index] });
      });
      const body = binder.expression(need(data, 'body'), { ...place, lambda: known });
      return { ...body, sql: `lambda ${references.join(', ')}: ${body.sql}` };
    },
  };
}
