// Rules of this house that oxlint does not bring. Loaded by .oxlintrc.json.

/** `Number(text)`, `parseFloat` and `toFixed` round without saying so. Money stays decimal from the border to the border. */
const noFloatingMoney = {
  create(context) {
    const report = (node, name) =>
      context.report({
        node,
        message: `${name} rounds silently: amounts are Money or decimal.js; for a count or an id use Number.parseInt.`,
      });
    return {
      CallExpression(node) {
        const { callee } = node;
        if (callee.type === 'Identifier' && ['Number', 'parseFloat'].includes(callee.name)) report(node, `${callee.name}()`);
        if (callee.type !== 'MemberExpression' || callee.property.type !== 'Identifier') return;
        if (['parseFloat', 'toFixed'].includes(callee.property.name)) report(node, `.${callee.property.name}()`);
      },
    };
  },
};

export default { meta: { name: 'house' }, rules: { 'no-floating-money': noFloatingMoney } };
