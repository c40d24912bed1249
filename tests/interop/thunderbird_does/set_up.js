// Knows the password, and takes invitations into the calendar that every profile begins with.
const [password] = arguments;
MailServices.accounts.accounts[0].incomingServer.password = password;
const [home] = cal.manager.getCalendars();
home.setProperty("disabled", false);
home.setProperty("imip.identity.key", MailServices.accounts.allIdentities[0].key);
