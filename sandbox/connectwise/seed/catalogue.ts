/** Unit cost and price in US dollars; Australian prices are one and a half times that. Margins are all above 25 %. */
export interface CatalogueItem {
  id: number;
  identifier: string;
  name: string;
  cost: string;
  price: string;
  uom: string;
}

const item = (id: number, identifier: string, name: string, cost: string, price: string, uom = 'Each'): CatalogueItem => ({
  id,
  identifier,
  name,
  cost,
  price,
  uom,
});

export const HARDWARE: readonly CatalogueItem[] = [
  item(743, 'SSD-1TB', '1TB SATA SSD', '84.50', '129.00'),
  item(744, 'FW-60F', 'Firewall 60F with 1 year of "Unified" protection', '410.00', '595.00'),
  item(745, 'AP-WIFI6', 'Wi-Fi 6 access point <ceiling>', '118.00', '179.00'),
  item(746, 'LT-14', 'Laptop 14", 16 GB, 512 GB', '890.00', '1249.00'),
  item(747, 'MON-27', '27" monitor & stand', '212.40', '319.95'),
  item(748, 'DOCK-C', 'USB-C dock, dual display', '131.00', '198.50'),
  item(749, 'UPS-1500', 'UPS 1500 VA', '245.00', '369.00'),
  item(750, 'SW-24P', 'Switch 24 ports PoE+', '488.00', '699.00'),
  item(751, 'HDST-PRO', 'Headset "Pro" 🎧', '96.30', '149.00'),
];
export const CABLE = item(752, 'CAB-CAT6', 'Cat 6 cable, per metre', '4.10', '8.75', 'Metre');
export const SERVER = item(753, 'SRV-T350', 'Tower server, 2 × 960 GB', '3890.00', '5490.00');
export const CREDIT = item(790, 'CREDIT', 'Goodwill credit', '0.00', '180.00');

export const BUNDLE = {
  item: item(780, 'BDL-DESK', 'Workplace bundle: laptop, dock & two monitors', '1445.80', '2080.00'),
  components: [
    { item: HARDWARE[3], quantity: 1 },
    { item: HARDWARE[5], quantity: 1 },
    { item: HARDWARE[4], quantity: 2 },
  ],
} as const;

export const SUBSCRIPTIONS: readonly CatalogueItem[] = [
  item(771, 'M365-BP', 'Microsoft 365 Business Premium', '22.00', '31.50', 'User'),
  item(772, 'EDR', 'Endpoint detection & response', '3.90', '6.55', 'Device'),
  item(773, 'BKP-SRV', 'Server backup, 1 TB', '45.00', '79.00', 'Server'),
  item(774, 'VOIP', 'Phone extension', '16.80', '28.00', 'User'),
];
