import { describe, expect, test, vi } from 'vitest';
import { ApiError } from '../../../api/client';
import type { RouteAnswer, RoadsApi } from '../../../api/roads';
import { MOST_PLANS, Plans, secondsBefore, type Plan } from './plans';

const route = (duration_s: number) => ({ duration_s, geometry: { type: 'LineString', coordinates: [] } }) as unknown as RouteAnswer;
const at = (lon: number) => ({ lon, lat: 30 });

function desk() {
  const api = {
    route: vi.fn(async () => route(100)),
    nearest: vi.fn(async () => ({ items: [], left_out: [] })),
    reach: vi.fn(async () => ({ items: [] })),
    closures: vi.fn(async () => ({ items: [], closure_epoch: 1, cut: false, attribution: '' })),
  };
  return { api, plans: new Plans(api as unknown as RoadsApi) };
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 0));

describe('open questions about roads', () => {
  test('clicks give the places that are missing, and a route is asked for when none is', async () => {
    const { api, plans } = desk();
    plans.begin('route');
    const id = plans.picture().active!;
    expect(plans.picture().awaits).toBe(0);
    plans.place(id, 0, at(121));
    expect(plans.picture().awaits).toBe(1);
    expect(api.route).not.toHaveBeenCalled();
    plans.place(id, 1, at(122));
    expect(plans.picture().awaits).toBeNull();
    await settled();
    expect(plans.picture().plans[0]!.answer?.value).toMatchObject({ duration_s: 100 });
    expect(api.route).toHaveBeenLastCalledWith(expect.objectContaining({ via: [], alternatives: 2 }), expect.anything());
    plans.addVia(id);
    expect(plans.picture().awaits).toBe(1);
    plans.place(id, 1, at(121.5));
    await settled();
    expect(api.route).toHaveBeenLastCalledWith(expect.objectContaining({ from: at(121), via: [at(121.5)], to: at(122), alternatives: 0 }), expect.anything());
    plans.reverse(id);
    await settled();
    expect(api.route).toHaveBeenLastCalledWith(expect.objectContaining({ from: at(122), to: at(121) }), expect.anything());
  });

  test('to arrive upwind the end is the middle of a circle, and there are no places on the way', async () => {
    const { api, plans } = desk();
    plans.begin('route', [at(121), at(122)]);
    const id = plans.picture().active!;
    plans.change(id, { upwind: { radius_m: 500, wind_from_deg: 45 } });
    await settled();
    const approach = { centre: at(122), radius_m: 500, wind_from_deg: 45, sector_deg: 120 };
    expect(api.route).toHaveBeenLastCalledWith({ from: at(121), approach, via: [], profile: 'fire_engine', alternatives: 0 }, expect.anything());
    plans.addVia(id);
    expect(plans.picture().plans[0]!.points).toHaveLength(2);
    plans.change(id, { upwind: null });
    await settled();
    expect(api.route).toHaveBeenLastCalledWith(expect.objectContaining({ to: at(122), alternatives: 2 }), expect.anything());
  });

  test('every open question turns when roads are closed, and says what it took before', async () => {
    const { api, plans } = desk();
    plans.follow(1);
    plans.begin('route', [at(121), at(122)]);
    plans.begin('route', [at(123), at(124)]);
    await settled();
    expect(api.route).toHaveBeenCalledTimes(2);
    api.route.mockResolvedValue(route(250));
    plans.follow(1);
    plans.follow(2);
    await settled();
    expect(api.route).toHaveBeenCalledTimes(4);
    for (const plan of plans.picture().plans) {
      expect(plan.answer?.value).toMatchObject({ duration_s: 250 });
      expect(plan.turned).toMatchObject({ times: 1, before: { value: { duration_s: 100 } } });
    }
    expect(plans.picture().closures).not.toBeNull();
  });

  test('an answer that was overtaken is not shown, and a refusal takes the old one away', async () => {
    const { api, plans } = desk();
    let answerFirst: (answer: RouteAnswer) => void = () => {};
    api.route.mockImplementationOnce(() => new Promise((resolve) => (answerFirst = resolve)));
    plans.begin('route', [at(121), at(122)]);
    const id = plans.picture().active!;
    plans.place(id, 1, at(123));
    await settled();
    answerFirst(route(1));
    await settled();
    expect(plans.picture().plans[0]!.answer?.value).toMatchObject({ duration_s: 100 });
    api.route.mockRejectedValue(new ApiError({ status: 422, code: 'place_closed' }));
    plans.change(id, { profile: 'car' });
    await settled();
    expect(plans.picture().plans[0]).toMatchObject({ answer: null, problem: { code: 'place_closed' }, asking: false });
  });

  test('what one of the nearest took before is known where it was another time', () => {
    const before = { mode: 'nearest', value: { items: [{ id: 'a', duration_s: 60.2 }, { id: 'b', duration_s: 90 }] } };
    const turned = { turned: { times: 1, before } } as unknown as Plan;
    expect(secondsBefore(turned, { id: 'a', duration_s: 60.4 })).toBeNull();
    expect(secondsBefore(turned, { id: 'b', duration_s: 200 })).toBe(90);
    expect(secondsBefore(turned, { id: 'c', duration_s: 200 })).toBeNull();
    expect(secondsBefore({ turned: { times: 0, before: null } }, { id: 'b', duration_s: 1 })).toBeNull();
  });

  test('what is closed ends there, and no more are open than anybody reads', async () => {
    const { plans } = desk();
    for (let i = 0; i <= MOST_PLANS; i += 1) plans.begin('reach', [at(121)]);
    expect(plans.picture().plans).toHaveLength(MOST_PLANS);
    const [first] = plans.picture().plans;
    plans.close(first!.id);
    await settled();
    expect(plans.picture().plans).toHaveLength(MOST_PLANS - 1);
    expect(plans.picture().plans.every((plan) => plan.answer !== null)).toBe(true);
  });
});
