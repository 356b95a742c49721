import { describe, expect, it } from 'vitest';
import { ADJUSTABLE, effectiveAccess, isWithin, keyAccess, mayApproveAmount, NO_LIMITS, type Limits } from './access.js';
import { PERMISSIONS, permissionsOf, ROLES, type Role } from './role.js';

const limited = (over: Partial<Limits>): Limits => ({ ...NO_LIMITS, ...over });
const SWITCHES = [undefined, true, false] as const;
const EVERY = ROLES.flatMap((role) =>
  ADJUSTABLE.flatMap((permission) =>
    SWITCHES.map((wanted): [Role, (typeof ADJUSTABLE)[number], boolean | undefined] => [role, permission, wanted]),
  ),
);

describe('role and limits together', () => {
  it.each(EVERY)('%s with %s set to %s', (role, permission, wanted) => {
    const adjusted = wanted === undefined ? {} : { [permission]: wanted };
    const { permissions } = effectiveAccess(role, limited({ adjusted }));
    const byRole = permissionsOf(role);
    const expected = role === 'owner' || wanted === undefined ? byRole.includes(permission) : wanted;
    expect(permissions.includes(permission)).toBe(expected);
    expect(permissions.filter((one) => one !== permission)).toEqual(byRole.filter((one) => one !== permission));
    expect(permissions.every((one) => permissionsOf('owner').includes(one))).toBe(true);
  });

  it('leave an owner whole, whatever is stored', () => {
    const everything = limited({ adjusted: { 'cost.read': false }, approveUpTo: {}, customers: ['a'], locations: ['b'] });
    expect(effectiveAccess('owner', everything)).toEqual({ permissions: PERMISSIONS, approveUpTo: null, customers: [], locations: [] });
    expect(effectiveAccess('admin', everything)).toMatchObject({ approveUpTo: {}, customers: ['a'], locations: ['b'] });
  });
});

describe('an amount', () => {
  it.each<[Limits['approveUpTo'], string, string, boolean]>([
    [null, '999999999', 'AUD', true],
    [{ AUD: '1000' }, '1000.00', 'AUD', true],
    [{ AUD: '1000' }, '1000.01', 'AUD', false],
    [{ AUD: '1000' }, '-1000.01', 'AUD', false],
    [{ AUD: '1000' }, '1', 'USD', false],
    [{}, '0', 'AUD', false],
  ])('with the limits %o: %s %s may be approved: %s', (limits, amount, currency, allowed) => {
    expect(mayApproveAmount(limits, amount, currency)).toBe(allowed);
  });
});

describe('a key', () => {
  it.each(ROLES.flatMap((role) => PERMISSIONS.map((scope): [Role, (typeof PERMISSIONS)[number]] => [role, scope])))(
    'of %s with the scope %s has what both say',
    (role, scope) => {
      expect(keyAccess(role, [scope]).permissions).toEqual(permissionsOf(role).includes(scope) ? [scope] : []);
    },
  );

  it('without scopes has all of its role', () => expect(keyAccess('member', null).permissions).toEqual(permissionsOf('member')));
});

describe('being within', () => {
  const member = effectiveAccess('member');
  it.each<[Role, Partial<Limits>, boolean]>([
    ['read_only', {}, true],
    ['member', {}, true],
    ['admin', {}, false],
    ['read_only', { adjusted: { 'posting.manage': true } }, false],
  ])('%s with %o inside of a member: %s', (role, over, inside) => {
    expect(isWithin(effectiveAccess(role, limited(over)), member)).toBe(inside);
  });

  it.each<[Partial<Limits>, Partial<Limits>, boolean]>([
    [{ customers: ['a'] }, {}, true],
    [{ customers: ['a'] }, { customers: ['a', 'b'] }, true],
    [{ customers: ['c'] }, { customers: ['a', 'b'] }, false],
    [{}, { customers: ['a'] }, false],
    [{}, { locations: ['a'] }, false],
    [{ approveUpTo: { AUD: '5' } }, { approveUpTo: { AUD: '5.00' } }, true],
    [{ approveUpTo: { AUD: '6' } }, { approveUpTo: { AUD: '5' } }, false],
    [{ approveUpTo: { USD: '1' } }, { approveUpTo: { AUD: '5' } }, false],
    [{ approveUpTo: null }, { approveUpTo: { AUD: '5' } }, false],
    [{ approveUpTo: {} }, {}, true],
  ])('%o inside of %o: %s', (inner, outer, inside) => {
    expect(isWithin(effectiveAccess('member', limited(inner)), effectiveAccess('member', limited(outer)))).toBe(inside);
  });
});
