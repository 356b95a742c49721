/** What engineers and coordinators write: several lines, quotes, angle brackets, ampersands and emoji included. */
export const TICKETS: readonly string[] = [
  'Outlook keeps asking to sign in again',
  'Server "FS01" runs out of disk space',
  'New starter: laptop & accounts for Monday',
  'VPN drops every 20 minutes <home office>',
  'Printer on level 2 prints blank pages',
  "Receptionist's phone has no dial tone",
  'Move of 3 desks & network points',
  'Backup of SQL01 failed two nights in a row',
  'Suspicious e-mail reported by accounts 🎣',
  'Wi-Fi is slow in the "Blue" meeting room',
  'Add site to conditional access <MFA>',
  'Firewall firmware upgrade & rule review',
  'Line-of-business app crashes on export',
  'Quarterly patching of servers',
  'Teams meeting room has no audio 🔇',
  'Shared mailbox for the leasing team',
];

export const NOTES: readonly string[] = [
  'Reviewed the sign-in logs with the user, cleared the cached token and confirmed mail flow on desktop and phone.',
  'Removed 84 GB of old installer files, extended the volume & set an alert at 85 %.\nChecked again the next morning: 61 % used.',
  'Prepared the laptop, joined it to the tenant and installed the standard applications.\r\nHanded over to the office manager with a short walkthrough.',
  'Traced the drops to the router\'s idle timer, raised it from 20 to 480 minutes and tested with "ping -t" for an hour.',
  'Replaced the drum unit, printed 20 test pages and updated the driver on the print server to the current release.',
  'Found the handset on the wrong VLAN, moved port 14 back & verified inbound and outbound calls with the receptionist.',
  'Patched the new desks, labelled the ports <A1>, <A2> and <A3> and updated the floor plan in the documentation.',
  "Restarted the VSS writers, ran the job by hand and checked that last night's backup finished without warnings. ✅",
  'Quarantined the message for all 43 mailboxes, blocked the sender and explained to the team how to report the next one.',
  'Measured the signal in three places, moved the access point to the ceiling & locked it to channel 36.\nSpeed test: 210 Mbit/s.',
  'Added the office address range to the named locations, tested with two users and removed the temporary exception.',
  'Upgraded the firmware in the maintenance window, compared the rules before & after and removed two that were unused.',
  'Reproduced the crash with the vendor on the line; a repair of the report component <x86> fixed the export.',
  'Installed the updates on six servers, restarted them one after another and checked the services of each.\n- DC01, DC02\n- FS01\n- SQL01\n- APP01\n- RDS01',
  'Swapped the audio cable, reset the room system and held a test call with the customer, picture & sound were fine. 🎧',
  'Created the shared mailbox, gave the five members of the team full access and showed them how to send from it.',
  'Went on site, checked the cabinet and replaced the UPS battery that had been beeping since the storm.',
  'Walked the finance team through the new approval steps and answered their questions about the "on hold" folder.',
];

export const KEYWORD_NOTES: readonly string[] = [
  'Reset the account on the portal and told the user the temporary password is Sunshine!2026, works on both devices.',
  'Internal reminder: customer is behind with two invoices, talk to Jane before we do any more work on this one.',
];

export const THIN_NOTES: readonly string[] = ['Fixed.', 'done, see above'];

export const EXPENSE_NOTES: Record<string, string> = {
  Mileage: 'Drive to the customer site and back, 62 miles',
  Parking: 'Parking in the city garage during the on-site work',
  Meals: 'Lunch with the project team on migration day',
  Airfare: 'Flight for the two-day on-site migration',
};

export const CONTACTS: readonly (readonly [string, string])[] = [
  ['Dana', 'Fields'],
  ['Miguel', 'Santos'],
  ['Aoife', "O'Brien"],
  ['Wei', 'Zhang'],
  ['Hannah', 'Müller'],
  ['Tyrone', 'Banks'],
  ['Siobhán', 'Kelly'],
  ['Raj', 'Patel'],
];
