/** A request that ends in anything but its result: thrown by the routes, put on the wire by `sendProblem`. */
export class Problem extends Error {
  constructor(
    readonly status: number,
    readonly body: unknown,
    readonly contentType: string = 'application/json',
    readonly headers: Readonly<Record<string, string>> = {},
  ) {
    super(`HTTP ${status}`);
  }
}

/** The sandbox would rather fail than invent: a route, parameter or field it does not know is answered 501 in plain text. */
export function notModelled(what: string): Problem {
  return new Problem(501, `The sandbox does not model ${what}.`, 'text/plain');
}

/** The real 404 has a content type and no content. */
export function notFound(): Problem {
  return new Problem(404, '', 'text/html');
}

export function validationFailed(elements: readonly unknown[]): Problem {
  return new Problem(400, {
    ErrorNumber: 10,
    Type: 'ValidationException',
    Message: 'A validation exception occurred',
    Elements: elements,
  });
}

export function badPostData(message: string): Problem {
  return new Problem(400, { ErrorNumber: 17, Type: 'PostDataInvalidException', Message: message });
}

export function badQuery(message: string): Problem {
  return new Problem(400, { ErrorNumber: 16, Type: 'QueryParseException', Message: message });
}

/** The shape of everything refused before the request reaches the books: sign-in, permission, idempotency. */
export function gatewayProblem(
  status: number,
  title: string,
  detail: string,
  instance: string,
  headers: Readonly<Record<string, string>> = {},
): Problem {
  return new Problem(
    status,
    { Type: null, Title: title, Status: status, Detail: detail, Instance: instance, Extensions: {} },
    'application/json',
    headers,
  );
}
