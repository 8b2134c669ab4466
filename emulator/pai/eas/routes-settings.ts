import type { FastifyRequest } from 'fastify';
import { type AutoScaler, bounded, readAutoScaler } from './autoscaler';
import { type CronScaler, readCronScaler } from './cron-scaler';
import { invalidService, settingNotFound } from './eas-error';
import { bodyOf, type EasRegistration, type WithName, withId } from './route-parts';
import type { SafetyLock } from './safety-lock';
import type { Scaling } from './scaling';
import type { Service } from './service';
import type { Mirror } from './service-record';
import type { Services } from './services';

const SERVICE = '/api/v2/services/:cluster/:name';
const LOCKS: readonly SafetyLock[] = ['all', 'dangerous', 'none'];

/** Adds the operations on a service's mirror, scalers and safety lock. */
export function registerSettings(registration: EasRegistration): void {
  registerMirror(registration);
  registerAutoScaler(registration);
  registerCronScaler(registration);
  registerLock(registration);
}

function registerMirror({ app, services }: EasRegistration): void {
  const path = `${SERVICE}/mirror`;
  const current = ({ record }: Service): Mirror => {
    if (!record.mirror) throw settingNotFound('ServiceMirror', record.name);
    return record.mirror;
  };
  app.post<WithName>(path, async (request) => {
    const service = services.get(request.params.name);
    const mirror = readMirror({ body: bodyOf(request), service, services });
    await service.configure({ mirror }, 'CreateServiceMirror');
    return done(request, 'mirror is created');
  });
  app.put<WithName>(path, async (request) => {
    const service = services.get(request.params.name);
    const { ratio, targets } = current(service);
    const body = { Ratio: ratio, Target: targets, ...bodyOf(request) };
    const mirror = readMirror({ body, service, services });
    await service.configure({ mirror }, 'UpdateServiceMirror');
    return done(request, 'mirror is updated');
  });
  app.get<WithName>(path, async (request) => {
    const service = services.get(request.params.name);
    const { ratio, targets } = current(service);
    return withId(request, { ServiceName: service.record.name, Ratio: ratio, Target: targets });
  });
  app.delete<WithName>(path, async (request) => {
    const service = services.get(request.params.name);
    current(service);
    await service.configure({ mirror: undefined }, 'DeleteServiceMirror');
    return done(request, 'mirror is deleted');
  });
}

function readMirror(options: {
  readonly body: Record<string, unknown>;
  readonly service: Service;
  readonly services: Services;
}): Mirror {
  const { Ratio, Target } = options.body;
  if (!Number.isInteger(Ratio) || Number(Ratio) < 0 || Number(Ratio) > 100) {
    throw invalidService('Ratio must be an integer from 0 to 100.');
  }
  if (!Array.isArray(Target) || Target.length === 0) {
    throw invalidService('Target must name at least one service.');
  }
  const targets = [...new Set(Target.map(String))];
  for (const name of targets) options.services.get(name);
  if (targets.includes(options.service.record.name)) {
    throw invalidService('Target: a service can not be its own mirror.');
  }
  return { ratio: Number(Ratio), targets };
}

function registerAutoScaler({ app, services }: EasRegistration): void {
  const path = `${SERVICE}/autoscaler`;
  const current = ({ record }: Service): AutoScaler => {
    if (!record.autoScaler) throw settingNotFound('ServiceAutoScaler', record.name);
    return record.autoScaler;
  };
  const set = async (request: FastifyRequest<WithName>, operation: string): Promise<void> => {
    const service = services.get(request.params.name);
    const autoScaler = readAutoScaler(request.openApi.json());
    for (const strategy of autoScaler.strategies) {
      if (strategy.service !== undefined) services.get(strategy.service);
    }
    if (operation.startsWith('Update')) current(service);
    services.scaling.forget(service.record.name);
    await service.configure({ autoScaler }, operation);
    await service.scaleTo(bounded(autoScaler, service.wantedInstances), 'bounds of the AutoScaler');
  };
  app.post<WithName>(path, async (request) => {
    await set(request, 'CreateServiceAutoScaler');
    return done(request, 'autoscaler is created');
  });
  app.put<WithName>(path, async (request) => {
    await set(request, 'UpdateServiceAutoScaler');
    return done(request, 'autoscaler is updated');
  });
  app.get<WithName>(path, async (request) => {
    const service = services.get(request.params.name);
    const scaler = current(service);
    return withId(request, autoScalerView({ service, scaler, scaling: services.scaling }));
  });
  app.delete<WithName>(path, async (request) => {
    const service = services.get(request.params.name);
    current(service);
    await service.configure({ autoScaler: undefined }, 'DeleteServiceAutoScaler');
    return done(request, 'autoscaler is deleted');
  });
}

function autoScalerView(options: {
  readonly service: Service;
  readonly scaler: AutoScaler;
  readonly scaling: Scaling;
}): Record<string, unknown> {
  const { service, scaler, scaling } = options;
  const { name } = service.record;
  return {
    ServiceName: name,
    MinReplica: scaler.min,
    MaxReplica: scaler.max,
    ScaleStrategies: scaler.strategies.map((strategy) => ({ service: name, ...strategy })),
    CurrentMetrics: scaler.strategies.map((strategy) => ({
      metricName: strategy.metricName,
      service: strategy.service ?? name,
      value: scaling.valueOf(strategy, service) ?? 0,
    })),
    Behavior: {
      scaleUp: { stabilizationWindowSeconds: scaler.upSeconds },
      scaleDown: { stabilizationWindowSeconds: scaler.downSeconds },
      onZero: {
        scaleDownGracePeriodSeconds: scaler.zeroSeconds,
        scaleUpActivationReplicas: scaler.activationReplicas,
      },
    },
  };
}

function registerCronScaler({ app, services, clock }: EasRegistration): void {
  const path = `${SERVICE}/cronscaler`;
  const current = ({ record }: Service): CronScaler => {
    if (!record.cronScaler) throw settingNotFound('ServiceCronScaler', record.name);
    return record.cronScaler;
  };
  app.post<WithName>(path, async (request) => {
    const service = services.get(request.params.name);
    const cronScaler = readCronScaler(request.openApi.json(), clock());
    await service.configure({ cronScaler }, 'CreateServiceCronScaler');
    return done(request, 'cronscaler is created');
  });
  app.put<WithName>(path, async (request) => {
    const service = services.get(request.params.name);
    current(service);
    const cronScaler = readCronScaler(request.openApi.json(), clock());
    await service.configure({ cronScaler }, 'UpdateServiceCronScaler');
    return done(request, 'cronscaler is updated');
  });
  app.get<WithName>(path, async (request) => {
    const service = services.get(request.params.name);
    const { jobs, excludeDates } = current(service);
    return withId(request, {
      ServiceName: service.record.name,
      ExcludeDates: excludeDates,
      ScaleJobs: jobs.map((job) => ({
        Name: job.name,
        Schedule: job.schedule,
        TimeZone: job.timeZone,
        TargetSize: job.targetSize,
        CreateTime: job.createTime,
        LastProbeTime: job.lastTime,
        State: job.state,
        Message: job.message,
      })),
    });
  });
  app.delete<WithName>(path, async (request) => {
    const service = services.get(request.params.name);
    current(service);
    await service.configure({ cronScaler: undefined }, 'DeleteServiceCronScaler');
    return done(request, 'cronscaler is deleted');
  });
}

function registerLock({ app, services }: EasRegistration): void {
  app.put<WithName>(`${SERVICE}/lock`, async (request) => {
    const { Lock } = bodyOf(request);
    const safetyLock = LOCKS.find((lock) => lock === Lock);
    if (!safetyLock) throw invalidService('Lock must be all, dangerous or none.');
    const service = services.get(request.params.name);
    await service.configure({ safetyLock }, 'UpdateServiceSafetyLock');
    return done(request, `safety lock is ${safetyLock}`);
  });
}

function done(request: FastifyRequest<WithName>, what: string): Record<string, unknown> {
  const { name, cluster } = request.params;
  return withId(request, { Message: `Service [${name}] in region [${cluster}]: ${what}` });
}
