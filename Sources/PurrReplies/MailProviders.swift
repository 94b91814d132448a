/// Whether everybody can have an address there, so that the domain says nothing about a company.
///
/// The large providers and the usual national spellings; a small one that is missing makes a stranger's
/// mail with our subject count as a colleague's, which only stops a sequence.
package func isMailProvider(domain: String) -> Bool {
    if mailProviders.contains(domain) { return true }
    let labels = domain.split(separator: ".")
    guard let first = labels.first, labels.count <= 3 else { return false }
    return nationalProviders.contains(String(first))
}

private let nationalProviders: Set<String> = [
    "yahoo", "hotmail", "live", "outlook", "gmail", "googlemail", "gmx", "ymail", "rocketmail", "msn",
    "aol",
]

private let mailProviders: Set<String> = [
    "icloud.com", "me.com", "mac.com", "proton.me", "protonmail.com", "protonmail.ch", "pm.me",
    "tutanota.com",
    "tuta.io", "fastmail.com", "fastmail.fm", "hey.com", "zoho.com", "zohomail.com", "mail.com",
    "email.com",
    "usa.com", "web.de", "t-online.de", "freenet.de", "arcor.de", "1und1.de", "posteo.de", "mailbox.org",
    "online.no", "broadpark.no", "getmail.no", "lyse.net", "telia.com", "spray.se", "bredband.net",
    "comhem.se",
    "tele2.se", "jubii.dk", "ofir.dk", "mail.dk", "kolumbus.fi", "elisanet.fi", "luukku.com", "suomi24.fi",
    "orange.fr",
    "wanadoo.fr", "free.fr", "laposte.net", "sfr.fr", "neuf.fr", "bbox.fr", "libero.it", "virgilio.it",
    "tiscali.it",
    "alice.it", "tin.it", "ziggo.nl", "kpnmail.nl", "xs4all.nl", "planet.nl", "home.nl", "hetnet.nl",
    "skynet.be",
    "telenet.be", "wp.pl", "o2.pl", "onet.pl", "interia.pl", "poczta.fm", "op.pl", "seznam.cz",
    "centrum.cz",
    "mail.ru", "yandex.ru", "yandex.com", "bk.ru", "list.ru", "inbox.ru", "rambler.ru", "ukr.net", "qq.com",
    "163.com",
    "126.com", "sina.com", "sohu.com", "foxmail.com", "naver.com", "daum.net", "hanmail.net", "nate.com",
    "comcast.net", "verizon.net", "att.net", "sbcglobal.net", "cox.net", "charter.net", "earthlink.net",
    "bellsouth.net",
    "btinternet.com", "sky.com", "virginmedia.com", "ntlworld.com", "talktalk.net", "blueyonder.co.uk",
    "bigpond.com",
    "optusnet.com.au", "shaw.ca", "rogers.com", "sympatico.ca", "uol.com.br", "bol.com.br", "terra.com.br",
    "ig.com.br",
    "bluewin.ch", "sunrise.ch", "rediffmail.com", "ezweb.ne.jp", "docomo.ne.jp", "softbank.ne.jp",
    "nifty.com",
]
