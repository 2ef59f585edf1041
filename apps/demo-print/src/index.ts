export { createPrintShop, type PrintShopConfig } from './print-shop.ts';
