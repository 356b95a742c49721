interface ValidationError {
  code: string;
  message: string;
  resource: string;
  field: string;
}

/** A refusal in the vendor's wording. `body` is sent as it is; text bodies are the cloud gateway's. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly body: object | string,
    readonly headers: Record<string, string> = {},
  ) {
    super(typeof body === 'string' ? body : JSON.stringify(body));
  }
}

const camel = (name: string): string => name.charAt(0).toLowerCase() + name.slice(1);

export const notFound = (model: string, id: unknown): ApiError =>
  new ApiError(404, { code: 'NotFound', message: `${model} ${String(id)} not found` });

export const noEndpoint = (): ApiError => new ApiError(404, { code: 'ConnectWiseApi', message: 'The endpoint does not exist.' });

export const cannotRoute = (): ApiError => new ApiError(400, 'Cannot route. Codebase/company is invalid');

export const unauthenticated = (): ApiError => new ApiError(401, { code: 'ConnectWiseApi', message: 'UserNotAuthenticated' });

export const badRequest = (message: string): ApiError => new ApiError(400, { code: 'ConnectWiseApi', message });

export const denied = (area: string): ApiError =>
  new ApiError(403, {
    code: 'Security',
    message: `You do not have sufficient permissions: insufficient permissions for ${area}.`,
    errors: null,
  });

export const wrongVerb = (method: string): ApiError =>
  new ApiError(405, { code: 'ConnectWiseApi', message: `The requested resource does not support http method '${method}'.` });

export const tooManyRequests = (seconds: number): ApiError =>
  new ApiError(
    429,
    { error: 'ConnectWiseAPI', message: `Too many requests. Please try again in ${seconds} seconds.` },
    { 'Retry-After': String(seconds) },
  );

/** `problems` name a field, why it is wrong, and the kind of mistake (`InvalidField` unless said otherwise). */
export function invalidObject(model: string, problems: { field: string; message: string; code?: string }[]): ApiError {
  const resource = camel(model);
  const errors: ValidationError[] = problems.map(({ field, message, code = 'InvalidField' }) => ({ code, message, resource, field }));
  return new ApiError(400, { code: 'InvalidObject', message: `${resource} object is invalid`, errors });
}

/** What a planned fault answers: the same shapes as a real refusal of that status. */
export function faultBody(status: number): { contentType: string; body: string } {
  const json = (body: object) => ({ contentType: 'application/json', body: JSON.stringify(body) });
  if (status === 429) return json(tooManyRequests(30).body as object);
  if (status === 401) return json(unauthenticated().body as object);
  if (status === 403) return json(denied('this request').body as object);
  if (status === 404) return json(noEndpoint().body as object);
  if (status === 400) return { contentType: 'text/plain', body: 'Cannot route. Codebase/company is invalid' };
  if (status === 502 || status === 503 || status === 504)
    return { contentType: 'text/html', body: '<html><body><h1>Service Unavailable</h1></body></html>' };
  return json({ code: 'ConnectWiseApi', message: 'An error has occurred.' });
}
