// Call every operation of a service with swagger-client, the client inside Swagger UI.
// `node calls.mjs URL KEY` prints one JSON line for each response: operation, status and body.

import SwaggerClient from "swagger-client";

const [url, key] = process.argv.slice(2);
const client = await SwaggerClient(`${url}/api/v1/swagger.json`, { authorizations: { key } });
const operations = Object.assign({}, ...Object.values(client.apis));

async function call(operation, parameters = {}, body = undefined) {
  const payload = body === undefined ? {} : { payload: body };
  let response;
  try {
    response = await operations[operation]({ ...parameters, ...payload });
  } catch (error) {
    if (!error.response) throw error;
    response = error.response;
  }
  const text = response.text || "null";
  console.log(JSON.stringify({ operation, status: response.status, body: JSON.parse(text) }));
  return { ...JSON.parse(text), etag: response.headers?.etag };
}

const products = await call("list_products", { limit: 100, sort: "-price" });
await call("list_products", { price_dropped_since: "2026-11-02T00:00:00Z" });
for (const product of products.items) await call("get_history", { product_id: product.id });
const crawls = await call("list_crawls", { limit: 1 });
await call("get_crawl", { crawl_id: crawls.items[0].id });
const sent = { title: "By hand", currency: "USD", price: "12.50", url: "https://a.example/" };
const { id } = await call("create_product", {}, sent);
const { etag } = await call("get_product", { product_id: id });
const whole = { title: "Again", currency: "JPY", price: "1000000000000" };
const replaced = await call("replace_product", { product_id: id, "If-Match": etag }, whole);
delete replaced.etag;
await call("replace_product", { product_id: id }, replaced);
await call("update_product", { product_id: id, "If-Match": etag }, { title: "Lost" });
await call("update_product", { product_id: id }, { store_name: "Store", price: null });
await call("delete_product", { product_id: id });
await call("get_product", { product_id: id });
await call("create_product", {}, { title: "A", price: "1" });
await call("list_products", { cursor: "x" });
