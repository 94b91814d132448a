extension Bounces {
    /// Subjects of bounces; alone they prove nothing.
    static let subjects = PhraseSet([
        "undeliver*", "non-deliver*", "nondeliver*", "not deliver*", "returned mail", "mail returned",
        "returned to sender",
        "returning message to sender", "return to sender", "delivery status notification",
        "delivery notification",
        "delivery failure", "delivery failed", "delivery problem", "delivery report", "delivery error",
        "delivery has failed",
        "delivery delay*", "failed delivery", "failed mail", "failure notice", "failure notification",
        "mail failure",
        "mail error", "mail system error", "error sending your mail", "mail delivery", "message delivery",
        "message status",
        "delayed mail",
        "could not be delivered", "couldn't be delivered", "cannot be delivered", "can't be delivered",
        "unable to deliver",
        "could not send message", "warning: message", "warning: could not", "bounce*", "rejected mail",
        "mail rejected",
        "message rejected", "rejected:", "permanent error", "permanent fail*", "permanent delivery",
        "nicht zustellbar", "unzustellbar*", "zustellung*", "fehlgeschlagen", "nicht übermittelt",
        "non remis", "non distribu*", "échec de la remise", "échec de remise", "non délivr*",
        "rapport de non",
        "no se pudo entregar", "no se puede entregar", "error de entrega", "no entregado", "devuelto",
        "non recapit*",
        "mancato recapito", "mancata consegna", "impossibile recapitare", "não entregue",
        "falha na entrega",
        "falha de entrega", "niedostarcz*", "nie można dostarczyć", "niet bezorgd", "onbestelbaar*",
        "kan niet worden bezorgd", "kunne ikke leveres", "kan ikke leveres", "ikke levert",
        "kunde inte levereras",
        "kan inte levereras", "ej levererat", "kunne ikke afleveres", "ikke leveret", "ei voitu toimittaa",
        "toimittaminen epäonnistui", "配信エラー", "配信不能", "送信エラー", "配送できません", "退信", "投递失败", "无法投递", "退件",
        "系统退信", "недоставлен*", "не доставлен*",
    ])

    /// How lists refuse a mail.
    static let listRefusals = PhraseSet([
        "not allowed to post", "automatically rejected", "mailing list was rejected",
        "mailing-list was rejected", "your message to the list", "has been rejected", "was rejected",
        "not subscribed", "restricted to list", "restricted to subscribers", "only subscribers",
        "considered inappropriate", "not authorized to send", "not authorized to post",
    ])

    /// What notices of failure say.
    static let failures = PhraseSet([
        "could not be delivered", "couldn't be delivered", "cannot be delivered", "can not be delivered",
        "can't be delivered",
        "was not delivered", "wasn't delivered", "not been delivered", "were not delivered",
        "was undeliverable",
        "is undeliverable", "undeliverable", "undelivered", "unable to deliver", "unable to send",
        "couldn't deliver",
        "could not deliver", "did not reach", "didn't reach", "delivery has failed", "delivery failed",
        "delivery failure",
        "delivery to the following", "failed to deliver", "failed to reach", "failed permanently",
        "permanent fatal errors", "fatal errors", "permanent error", "permanent failure",
        "returned to sender",
        "has been rejected", "was rejected", "been rejected", "automatically rejected", "message rejected",
        "rejected by",
        "rejected your message",
        "wasn't able to deliver", "was not able to deliver", "not be able to deliver",
        "unable to be delivered",
        "recipients failed", "following recipients", "following recipient", "following addresses",
        "following address",
        "error occurred while trying to deliver", "delivery error", "unrouteable address",
        "i'm afraid i wasn't able",
        "i wasn't able to deliver", "this is a permanent error", "i've given up", "giving up",
        "returned mail",
        "returned message", "message could not", "mail could not", "cannot deliver", "can not deliver",
        "message bounced",
        "non-delivery", "bounced", "no se pudo entregar", "nicht zugestellt", "konnte nicht",
        "n'a pas pu être",
        "non è stato possibile", "não pôde ser entregue", "nie została dostarczona",
        "niet worden afgeleverd",
        "kunne ikke leveres", "kunde inte levereras", "ei voitu toimittaa", "配信できません", "送信できません",
        "お届けできません",
        "配送できません", "退信", "无法发送", "无法投递", "未能送达", "user unknown", "unknown user", "no such user",
        "mailbox full", "quota exceeded", "over quota", "returning your message", "an error was detected",
        "error while attempting to deliver", "could not be sent", "was unable to", "were unable to",
    ])

    /// What reports of success say.
    static let successes = PhraseSet([
        "was successfully delivered", "were successfully delivered", "has been successfully delivered",
        "successfully relayed", "was delivered to the following", "has been delivered to the following",
        "delivered to the destination", "wurde erfolgreich zugestellt", "a été remis à",
    ])

    /// What only warnings say, that it will be tried again: outranks every word of failure beside it.
    static let promises = PhraseSet([
        "delivery status notification (delay)", "warning message only", "this is a warning only",
        "will be retried",
        "still being retried", "will continue to try", "will keep trying", "keep trying",
        "has not yet been delivered",
        "not yet been delivered", "do not need to resend", "don't need to resend", "not need to resend",
        "no need to resend",
        "could not send message for past", "message still undelivered", "continue trying", "will retry",
        "try to deliver your message again", "delivery attempts will continue",
        "delivery will be attempted",
        "will be attempted again", "noch nicht zugestellt", "wird weiter versucht",
    ])

    /// What warnings say, and some failures too.
    static let delays = PhraseSet([
        "delay*", "not been able to deliver", "temporarily", "verzögert*", "forsinket", "försenad",
        "viivästynyt",
        "retardé", "retrasado", "ritardo", "atrasada", "opóźnion*", "vertraagd",
    ])

    /// What makes a notice final although it speaks of a delay.
    static let finals = PhraseSet([
        "permanent*", "giving up", "given up", "gave up", "failed permanently", "fatal errors",
        "returned to sender", "undeliverable",
        "undelivered mail returned", "failure notice", "delivery failed", "delivery failure", "(failure)",
        "has failed",
        "could not be delivered to", "no further attempts", "will not be retried", "too long", "expired",
        "timed out",
        "delivery time expired", "was not delivered", "returning message to sender", "rejected",
    ])
}
