import { Injectable, NotFoundException, type OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { NextFunction, Request, Response } from 'express';
import { problemOf, sendProblem } from '../platform/http/problem.js';

/**
 * What happens under /api outside of any handler, where no filter of a controller reaches: an address that no route has,
 * and a body that cannot be parsed. Routes stand when modules are initialised, so this stands behind them.
 */
@Injectable()
export class OutsideRoutes implements OnModuleInit {
  constructor(private readonly host: HttpAdapterHost) {}

  onModuleInit(): void {
    this.host.httpAdapter.use('/api', (_request: Request, response: Response) => {
      sendProblem(
        response,
        problemOf(new NotFoundException('There is nothing at this address. /api/v1/openapi.json lists what there is.')),
      );
    });
    this.host.httpAdapter.use('/api', (error: unknown, _request: Request, response: Response, next: NextFunction) => {
      const problem = problemOf(error);
      if (problem.status >= 500) return next(error);
      sendProblem(response, problem);
    });
  }
}
