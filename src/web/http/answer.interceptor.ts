import { Injectable, type CallHandler, type ExecutionContext, type NestInterceptor } from '@nestjs/common';
import type { Request, Response } from 'express';
import { map, type Observable } from 'rxjs';
import { ViewEngine } from '../view-engine.js';
import { PageAnswer } from './answers.js';

/** Writes what a page's handler answered. Everything else goes out as Nest writes it. */
@Injectable()
export class AnswerInterceptor implements NestInterceptor {
  constructor(private readonly views: ViewEngine) {}

  intercept(context: ExecutionContext, next: CallHandler): Observable<unknown> {
    const http = context.switchToHttp();
    const write = (answer: unknown): unknown =>
      answer instanceof PageAnswer ? answer.write(http.getRequest<Request>(), http.getResponse<Response>(), this.views) : answer;
    return next.handle().pipe(map(write));
  }
}
