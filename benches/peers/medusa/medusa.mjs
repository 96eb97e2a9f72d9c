// Times Medusa's published `computeActions` on the carts that `ours.rs` wrote, and prints one line of JSON for each.
//
//     node medusa.mjs CARTS.json FOLDER_WITH_NODE_MODULES
//
// The service is Medusa's own, with two of its parts replaced: the database's manager, which is never asked, and the
// query for the promotions, which answers at once with promotions in memory. So no time of a database is in the figures.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { resolve } from "node:path";

const [cartsPath, folder] = process.argv.slice(2);
const require = createRequire(resolve(folder, "package.json"));
const { default: PromotionModuleService } = require("@medusajs/promotion/dist/services/promotion-module.js");

const major = (money) => money.minor / 100;
const percentage = (ratio) => (ratio.numerator * 100) / ratio.denominator;

const rule = (attribute, value) => [{ attribute, operator: "eq", values: [{ value }] }];
const selected = (of) => {
  if (of === "everything") return [];
  if (of.sku) return rule("items.product.id", of.sku);
  return [{ attribute: "items.product.tags.id", operator: "in", values: [{ value: of.tag }] }];
};

// One of our actions as Medusa's application method.
const method = (action) => {
  const amount = (off) => ({ type: "fixed", value: major(off), currency_code: "eur" });
  const share = (off) => ({ type: "percentage", value: percentage(off) });
  const each = { target_type: "items", allocation: "each", max_quantity: 1_000_000 };
  switch (action.kind) {
    case "percent":
      return { ...share(action.off), ...each, target_rules: selected(action.of) };
    case "amount":
      return action.allocation === "across"
        ? { ...amount(action.off), target_type: "order", allocation: "across", target_rules: [] }
        : { ...amount(action.off), ...each, target_rules: selected(action.of) };
    case "buy_get":
      return {
        ...share(action.off.percent), target_type: "items", allocation: "each",
        buy_rules: selected(action.trigger), buy_rules_min_quantity: action.trigger_quantity,
        target_rules: selected(action.reward), apply_to_quantity: action.reward_quantity,
        max_quantity: action.max_times * action.reward_quantity,
      };
    case "delivery":
      return {
        ...share(action.off.percent), target_type: "shipping_methods", allocation: "each", max_quantity: 1,
        target_rules: [],
      };
    default:
      throw new Error(`no translation of ${JSON.stringify(action)}`);
  }
};

const promotion = ({ id, action, conditions = [] }) => ({
  id, code: id, is_automatic: false, is_tax_inclusive: false,
  type: action.kind === "buy_get" ? "buyget" : "standard",
  rules: conditions.map(({ minimum }) => (
    { attribute: "item_total", operator: "gte", values: [{ value: `${major(minimum)}` }] }
  )),
  application_method: method(action),
});

const context = ({ lines, delivery }) => ({
  currency_code: "eur",
  item_total: lines.reduce((sum, line) => sum + line.amount.minor, 0) / 100,
  items: lines.map(({ sku, tags, quantity, amount }) => ({
    id: sku, quantity, subtotal: major(amount), original_total: major(amount), is_discountable: true,
    product: { id: sku, tags: tags.map((id) => ({ id })) },
  })),
  shipping_methods: [{ id: "delivery", subtotal: major(delivery), original_total: major(delivery) }],
});

const processorTime = () => {
  const { user, system } = process.cpuUsage();
  return user + system;
};

for (const cart of JSON.parse(readFileSync(cartsPath, "utf8"))) {
  const promotions = cart.promotions.map(promotion);
  const service = Object.create(PromotionModuleService.prototype, {
    baseRepository_: { value: { getFreshManager: () => ({}) } },
    listActivePromotions_: { value: async () => promotions },
  });
  const codes = promotions.map(({ code }) => code);
  const basket = context(cart);
  const once = () => service.computeActions(codes, basket, { prevent_auto_promotions: true });
  const off = {};
  for (const { code, amount } of await once()) off[code] = (off[code] ?? 0) + Number(amount) * 100;
  let calls = 0, warm = false, start = processorTime(), spent = 0;
  while (!warm || spent < 1_500_000) {
    await once();
    calls += 1;
    spent = processorTime() - start;
    // Long enough for the functions to be compiled.
    if (!warm && spent > 1_500_000) {
      warm = true;
      calls = 0;
      spent = 0;
      start = processorTime();
    }
  }
  console.log(JSON.stringify({ cart: cart.name, microseconds: spent / calls, calls, off }));
}
