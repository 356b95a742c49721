import { Catch, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { Response } from 'express';
import { isOurFault, problemOf, sendProblem } from '../platform/http/problem.js';
import { reportFault } from '../platform/telemetry/report-fault.js';

/** Every error of the API as problem+json; a fault of ours is logged under the id that the caller gets. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  private readonly logger = new Logger('api');

  catch(error: unknown, host: ArgumentsHost): void {
    const response = host.switchToHttp().getResponse<Response>();
    const problem = problemOf(error);
    if (isOurFault(problem)) reportFault(this.logger, problem, error);
    if (response.headersSent) return void response.destroy();
    sendProblem(response, problem);
  }
}
