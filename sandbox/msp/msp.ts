/**
 * The believable MSP: Lumen IT, with a US office whose books are in one ledger and an Australian one whose books are in
 * another. Every sandbox vendor reads its customers from here, so that names meet as they would in real life: quotes,
 * ampersands, angle brackets, an emoji and one name of 100 characters included.
 */
export interface SandboxCustomer {
  /** The PSA's short code, at most 30 characters. */
  identifier: string;
  name: string;
  /** The PSA's account number for the accounting system. */
  accountNumber: string;
  office: 'us' | 'au';
  email: string;
  addressLine1: string;
  city: string;
  state: string;
  postcode: string;
  country: 'United States' | 'Australia';
  /** Already known to the office's ledger on day one; the others are created with their first invoice. */
  knownToLedger: boolean;
}

type Row = [
  name: string,
  identifier: string,
  accountNumber: string,
  street: string,
  city: string,
  state: string,
  postcode: string,
  knownToLedger: boolean,
];

const US: readonly Row[] = [
  ['Harbor Dental', 'HarborDental', 'US1001', '12 Harbor St', 'Tampa', 'FL', '33602', true],
  ['Kite & Co', 'KiteCo', 'US1002', '49 Franklin St', 'Tampa', 'FL', '33602', true],
  ['Gulfstream Logistics LLC', 'GulfstreamLogistics', 'US1003', '86 Ashley Dr', 'Tampa', 'FL', '33602', true],
  ["O'Brien & Daughters Law", 'OBrienDaughters', 'US1004', '123 Bay Ave', 'St. Petersburg', 'FL', '33701', true],
  ['Northwind Dental Group', 'NorthwindDental', 'US1005', '160 Orange Blvd', 'Tampa', 'FL', '33602', false],
  ['Bayside Orthopaedics', 'BaysideOrthopaedics', 'US1006', '197 Channelside Dr', 'Clearwater', 'FL', '33755', true],
  ['Cedar Ridge Accounting', 'CedarRidge', 'US1007', '234 Central Ave', 'Brandon', 'FL', '33511', true],
  ['Suncoast Title "The Closers" Inc.', 'SuncoastTitle', 'US1008', '271 Harbor St', 'Sarasota', 'FL', '34236', true],
  ['Palmetto Freight <Express>', 'PalmettoFreight', 'US1009', '308 Franklin St', 'Bradenton', 'FL', '34205', true],
  ['Blue Heron Realty', 'BlueHeron', 'US1010', '345 Ashley Dr', 'Tampa', 'FL', '33602', false],
  ['Meridian Wealth Partners', 'MeridianWealth', 'US1011', '382 Bay Ave', 'Tampa', 'FL', '33602', true],
  ['Ybor Coffee Roasters ☕', 'YborCoffee', 'US1012', '419 Orange Blvd', 'Tampa', 'FL', '33602', true],
  ['Lakeland Pediatric Clinic', 'LakelandPediatric', 'US1013', '456 Channelside Dr', 'Lakeland', 'FL', '33801', true],
  ['Tarpon Marine Supply', 'TarponMarine', 'US1014', '493 Central Ave', 'Tarpon Springs', 'FL', '34689', true],
  ['Hillsborough Youth Foundation', 'HillsboroughYouth', 'US1015', '530 Harbor St', 'Tampa', 'FL', '33602', false],
  ['Acres & Sons Landscaping', 'AcresSons', 'US1016', '567 Franklin St', 'Plant City', 'FL', '33563', true],
  ['Sterling Machine Works', 'SterlingMachine', 'US1017', '604 Ashley Dr', 'Lakeland', 'FL', '33801', true],
  ['Osprey Engineering', 'OspreyEngineering', 'US1018', '641 Bay Ave', 'Clearwater', 'FL', '33755', true],
  ['Dunedin Brewing Company', 'DunedinBrewing', 'US1019', '678 Orange Blvd', 'Dunedin', 'FL', '34698', true],
  ['Manatee Veterinary Hospital', 'ManateeVeterinary', 'US1020', '715 Channelside Dr', 'Bradenton', 'FL', '34205', false],
  ['Grove Street Architects', 'GroveStreet', 'US1021', '752 Central Ave', 'Tampa', 'FL', '33602', true],
  ['Pinellas Insurance Advisors', 'PinellasInsurance', 'US1022', '789 Harbor St', 'Largo', 'FL', '33770', true],
  [
    'The International Association of Independent Citrus Growers, Packers, Shippers and Distributors Inc.',
    'TheInternational',
    'US1023',
    '826 Franklin St',
    'Lakeland',
    'FL',
    '33801',
    true,
  ],
  ['Redfish Restaurant Group', 'RedfishRestaurant', 'US1024', '863 Ashley Dr', 'Tampa', 'FL', '33602', true],
];

const AU: readonly Row[] = [
  ['Wattle Street Medical', 'WattleStreet', 'AU2001', '8 Collins St', 'Melbourne', 'VIC', '3000', true],
  ['Kookaburra Freight Pty Ltd', 'KookaburraFreight', 'AU2002', '37 Bourke St', 'Melbourne', 'VIC', '3000', true],
  ['Harbour Bridge Legal', 'HarbourBridge', 'AU2003', '66 George St', 'Sydney', 'NSW', '2000', true],
  ['Eucalypt Architects', 'EucalyptArchitects', 'AU2004', '95 Lygon St', 'Melbourne', 'VIC', '3000', false],
  ['Jacaranda Childcare', 'JacarandaChildcare', 'AU2005', '124 Swan St', 'Brisbane', 'QLD', '4000', true],
  ['Yarra Valley Wines', 'YarraValley', 'AU2006', '153 Collins St', 'Yarra Glen', 'VIC', '3775', true],
  ['Southern Cross Conveyancing', 'SouthernCross', 'AU2007', '182 Bourke St', 'Geelong', 'VIC', '3220', true],
  ['Bondi Physio & Pilates', 'BondiPhysio', 'AU2008', '211 George St', 'Sydney', 'NSW', '2000', false],
  ["D'Angelo Family Bakery", 'DAngeloFamily', 'AU2009', '240 Lygon St', 'Melbourne', 'VIC', '3000', true],
  ['Outback Drilling Services', 'OutbackDrilling', 'AU2010', '269 Swan St', 'Kalgoorlie', 'WA', '6430', true],
  ['Coral Sea Tours 🐠', 'CoralSea', 'AU2011', '298 Collins St', 'Cairns', 'QLD', '4870', true],
  ['Ballarat Steel Fabrication', 'BallaratSteel', 'AU2012', '327 Bourke St', 'Ballarat', 'VIC', '3350', false],
  ['Melbourne Montessori School', 'MelbourneMontessori', 'AU2013', '356 George St', 'Melbourne', 'VIC', '3000', true],
  ['Tasman Accounting', 'TasmanAccounting', 'AU2014', '385 Lygon St', 'Hobart', 'TAS', '7000', true],
  ['Red Gum Timber <Trade>', 'RedGum', 'AU2015', '414 Swan St', 'Bendigo', 'VIC', '3550', true],
  ['Blue Mountains Dental', 'BlueMountains', 'AU2016', '23 Collins St', 'Katoomba', 'NSW', '2780', false],
];

function customers(rows: readonly Row[], office: 'us' | 'au'): SandboxCustomer[] {
  return rows.map(([name, identifier, accountNumber, addressLine1, city, state, postcode, knownToLedger]) => ({
    identifier,
    name,
    accountNumber,
    office,
    email: `ap@${identifier.toLowerCase()}.example`,
    addressLine1,
    city,
    state,
    postcode,
    country: office === 'us' ? ('United States' as const) : ('Australia' as const),
    knownToLedger,
  }));
}

export const CUSTOMERS: readonly SandboxCustomer[] = [...customers(US, 'us'), ...customers(AU, 'au')];

/** The MSP itself, and the people who work there: engineers log time, coordinators and managers review. */
export const MSP = {
  name: 'Lumen IT',
  offices: {
    us: {
      name: 'Tampa Office',
      legalName: 'Lumen IT LLC',
      currency: 'USD',
      addressLine1: '400 N Tampa St',
      city: 'Tampa',
      state: 'FL',
      postcode: '33602',
      country: 'United States',
      phone: '813 555 0100',
    },
    au: {
      name: 'Melbourne Office',
      legalName: 'Lumen IT Pty Ltd',
      currency: 'AUD',
      addressLine1: '120 Collins St',
      city: 'Melbourne',
      state: 'VIC',
      postcode: '3000',
      country: 'Australia',
      phone: '03 5550 0100',
    },
  },
  members: [
    { identifier: 'owner', firstName: 'Olivia', lastName: 'Marsh', email: 'owner@lumen.example', title: 'Owner' },
    { identifier: 'dana', firstName: 'Dana', lastName: 'Roe', email: 'dana@lumen.example', title: 'Billing Coordinator' },
    { identifier: 'jdoe', firstName: 'Jane', lastName: 'Doe', email: 'jane@lumen.example', title: 'Account Manager' },
    { identifier: 'marco', firstName: 'Marco', lastName: 'Alvarez', email: 'marco@lumen.example', title: 'Account Manager' },
    { identifier: 'priya', firstName: 'Priya', lastName: 'Nair', email: 'priya@lumen.example', title: 'Senior Engineer' },
    { identifier: 'tom', firstName: 'Tom', lastName: 'Becker', email: 'tom@lumen.example', title: 'Engineer' },
    { identifier: 'mei', firstName: 'Mei', lastName: 'Lin', email: 'mei@lumen.example', title: 'Engineer' },
    { identifier: 'callum', firstName: 'Callum', lastName: 'Reid', email: 'callum@lumen.example', title: 'Service Manager' },
  ],
} as const;
