// Pictures of every page against the stand-in server: `node look.mjs FOLDER`.

import { mkdir } from "node:fs/promises";
import { join } from "node:path";

import { openBrowser } from "./browser.mjs";
import { startMock } from "./mock-server.mjs";

const folder = process.argv[2] ?? "screenshots";
const SIZES = {
    wide: { width: 1280, height: 800 },
    phone: { width: 390, height: 844 },
    narrow: { width: 360, height: 640 },
};
const PAGES = {
    start: "#/",
    calls: "#/calls",
    call: "#/calls/call-0",
    cut: "#/calls/call-3",
    handoffs: "#/handoffs",
    handoff: "#/handoffs/request-1",
    callbacks: "#/callbacks",
    promises: "#/promises",
    orders: "#/orders",
    deliveries: "#/deliveries",
};

await mkdir(folder, { recursive: true });
const mock = await startMock();
mock.shop.speed = 3;
for (const scheme of ["light", "dark"]) {
    for (const [size, viewport] of Object.entries(SIZES)) {
        if (size === "narrow" && scheme === "dark") continue;
        const { context, close } = await openBrowser({ viewport, colorScheme: scheme });
        const page = context.pages()[0];
        page.on("console", (message) => message.type() === "error" && console.error(scheme, size, message.text()));
        page.on("pageerror", (error) => console.error(scheme, size, error.message));
        const shoot = async (name, fullPage = true) =>
            page.screenshot({ path: join(folder, `${name}-${size}-${scheme}.png`), fullPage });
        await page.goto(mock.url);
        await page.getByRole("dialog").waitFor();
        await shoot("token", false);
        await page.goto(`${mock.url}/?${size}#token=mock`);
        await page.getByRole("button", { name: "Sign out" }).waitFor();
        for (const [name, hash] of Object.entries(PAGES)) {
            await page.goto(`${mock.url}/?${size}${hash}`);
            await page.waitForLoadState("networkidle");
            await shoot(name, name !== "orders" && name !== "calls");
            const overflow = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
            if (overflow > 0) console.error(`${name} is ${overflow} px too wide at ${size}`);
        }
        await page.goto(`${mock.url}/?${size}#/`);
        await page.getByRole("radio", { name: /KH-452719/ }).check();
        await page.getByRole("button", { name: "Call", exact: true }).click();
        await page.getByText("last seen in Nagpur").waitFor();
        await page.keyboard.press("5");
        await page.getByText("14:00 – 18:00").first().waitFor();
        await shoot("talking");
        await page.getByRole("link", { name: /Open this call/ }).waitFor();
        await shoot("ended");
        await close();
    }
}
mock.close();
