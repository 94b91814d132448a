internal import Foundation
internal import PurrMail

// What name servers say of the sender's domain, and what a receiver made of it.
extension HealthFacts.Domain {
    /// The names that the domain's DMARC record may stand under, the nearest first.
    ///
    /// Without a list of public suffixes the walk goes up to the second label; the first record found counts.
    package var policyNames: [String] {
        let labels = name.split(separator: ".")
        guard labels.count >= 2 else { return ["_dmarc.\(name)"] }
        return (0...(labels.count - 2)).prefix(8).map {
            "_dmarc." + labels[$0...].joined(separator: ".")
        }
    }

    /// The next names to be asked for; empty once enough is known.
    package var missingTexts: [String] {
        var missing = SPFReview(domain: name, texts: texts).missing
        if let signature, texts[signature.keyName] == nil { missing.append(signature.keyName) }
        for name in policyNames {
            guard let answer = texts[name] else {
                missing.append(name)
                break
            }
            guard case .records(let records) = answer, !records.contains(where: DMARCRecord.isOne) else {
                break
            }
        }
        return missing
    }

    var findings: [HealthFinding] { [mxFinding, spfFinding, dkimFinding, dmarcFinding] }

    private func unanswered(_ check: HealthFinding.Check, _ name: String, _ why: String) -> HealthFinding {
        HealthFinding(
            check, self.name, .warning, "No name server told about \(name): \(why).",
            fix: "Check this machine's name servers, and try again.")
    }

    private var mxFinding: HealthFinding {
        switch exchangers {
        case nil: HealthFinding(.mx, name, .skipped, "Name servers were not asked.")
        case .failed(let why)?: unanswered(.mx, name, why)
        case .records(let hosts)? where hosts.isEmpty:
            HealthFinding(
                .mx, name, .warning,
                "\(name) names no host that takes its mail, so answers may not arrive.",
                fix: "Publish an MX record that names your provider's host.")
        case .records(let hosts)? where hosts.allSatisfy(\.host.isEmpty):
            HealthFinding(
                .mx, name, .wrong, "\(name) says that it takes no mail at all, so nobody can answer.",
                fix: "Replace the null MX record with one that names your provider's host (RFC 7505).")
        case .records(let hosts)?:
            HealthFinding(
                .mx, name, .ok, "Mail for \(name) goes to \(hosts[0].host)\(others(hosts.count - 1)).")
        }
    }

    private func others(_ count: Int) -> String {
        count == 0 ? "" : count == 1 ? " and one more" : " and \(count) more"
    }

    private var spfFinding: HealthFinding {
        guard texts[name] != nil else {
            return HealthFinding(.spf, name, .skipped, "Name servers were not asked.")
        }
        let review = SPFReview(domain: name, texts: texts)
        func wrong(_ what: String, _ fix: String) -> HealthFinding {
            HealthFinding(.spf, name, .wrong, what, fix: fix)
        }
        switch review.problem {
        case .absent:
            return wrong(
                "\(name) has no SPF record, so receivers cannot tell your server from a stranger's.",
                "Publish a TXT record at \(name), such as \"v=spf1 include:YOUR-PROVIDER -all\"; your provider names the rest."
            )
        case .multiple(let where_):
            return wrong(
                "\(where_) has more than one SPF record, so none of them counts.",
                where_ == name
                    ? "Join them into one TXT record that begins with v=spf1."
                    : "Take include:\(where_) out, or tell its owner.")
        case .malformed(let where_, let why):
            return wrong(
                "The SPF record of \(where_) cannot be used: \(why).",
                where_ == name
                    ? "Correct that term." : "Take \(where_) out of your record, or tell its owner."
            )
        case .missingInclude(let domain):
            return wrong(
                "The SPF record takes in \(domain), which has none, so the whole of it is an error.",
                "Correct or take out what names \(domain).")
        case .tooManyLookups:
            return wrong(
                "The SPF record asks name servers \(review.lookups) times; receivers stop after \(SPFReview.mostLookups) and take it for an error.",
                "Take out include, a and mx terms that you need no more, or name addresses with ip4 and ip6."
            )
        case .loop(let domain):
            return wrong(
                "The SPF record of \(domain) takes itself in.",
                "Take out the include that leads back to it.")
        case nil: break
        }
        if let silent = review.unanswered { return unanswered(.spf, silent, "no usable answer") }
        let cost = "\(review.lookups) of \(SPFReview.mostLookups) questions"
        switch review.all {
        case .fail, .softFail:
            let end = review.all == .fail ? "-all" : "~all"
            return HealthFinding(.spf, name, .ok, "The SPF record ends in \(end) and costs \(cost).")
        case .pass:
            return wrong(
                "The SPF record ends in +all: the whole world may send as \(name).",
                "Let it end in -all or ~all.")
        case .neutral:
            return HealthFinding(
                .spf, name, .warning, "The SPF record ends in ?all, which says nothing about strangers.",
                fix: "Let it end in ~all, and in -all once all your servers are in it.")
        case nil:
            return HealthFinding(
                .spf, name, .warning,
                "The SPF record has no all at its end, so it says nothing about strangers.",
                fix: "Let it end in ~all, and in -all once all your servers are in it.")
        }
    }

    private var dkimFinding: HealthFinding {
        guard let signature else {
            return hasProbe
                ? HealthFinding(
                    .dkim, name, .warning,
                    "The test mail came back without a DKIM signature; some servers sign no mail to themselves.",
                    fix:
                        "Send a mail to another provider and look for DKIM-Signature in its source; if it has none, switch signing on at your provider."
                )
                : HealthFinding(
                    .dkim, name, .skipped, "Which key signs is not known, because no test mail was seen.",
                    fix: "Send one: purr doctor --probe.")
        }
        guard HealthFacts.isAligned(signature.domain, with: name) else {
            return HealthFinding(
                .dkim, name, .warning,
                "Mails are signed by \(signature.domain), which does not speak for \(name).",
                fix: "Switch DKIM for \(name) on at your provider.")
        }
        switch texts[signature.keyName] {
        case nil: return HealthFinding(.dkim, name, .skipped, "Name servers were not asked.")
        case .failed(let why)?: return unanswered(.dkim, signature.keyName, why)
        case .records(let records)?:
            guard let key = records.lazy.compactMap({ DKIMKey($0) }).first else {
                return HealthFinding(
                    .dkim, name, .wrong,
                    "\(signature.keyName) holds no key, so no signature can be verified.",
                    fix:
                        "Publish the TXT record that your provider gives for the selector \(signature.selector)."
                )
            }
            if key.isRevoked {
                return HealthFinding(
                    .dkim, name, .wrong, "The key at \(signature.keyName) is revoked (p= is empty).",
                    fix: "Publish the present key, or let your server sign with another selector.")
            }
            if key.isTesting {
                return HealthFinding(
                    .dkim, name, .warning,
                    "The key at \(signature.keyName) says that it is only tried out (t=y).",
                    fix: "Take t=y out of the record.")
            }
            if let bits = key.bits, bits < 1_024 {
                return HealthFinding(
                    .dkim, name, .wrong,
                    "The key at \(signature.keyName) has \(bits) bits, which receivers refuse.",
                    fix: "Make a key of 2048 bits.")
            }
            return HealthFinding(
                .dkim, name, .ok, "Mails are signed, and the key is published at \(signature.keyName).")
        }
    }

    private var dmarcFinding: HealthFinding {
        for (index, place) in policyNames.enumerated() {
            switch texts[place] {
            case nil: return HealthFinding(.dmarc, name, .skipped, "Name servers were not asked.")
            case .failed(let why)?: return unanswered(.dmarc, place, why)
            case .records(let records)?:
                let found = records.compactMap { DMARCRecord($0) }
                guard let record = found.first else { continue }
                return finding(for: record, count: found.count, at: place, isAbove: index > 0)
            }
        }
        return HealthFinding(
            .dmarc, name, .warning,
            "\(name) has no DMARC record; large providers want one from who sends much.",
            fix:
                "Publish a TXT record at _dmarc.\(name), such as \"v=DMARC1; p=none; rua=mailto:dmarc@\(name)\"."
        )
    }

    private func finding(for record: DMARCRecord, count: Int, at place: String, isAbove: Bool)
        -> HealthFinding
    {
        guard count == 1 else {
            return HealthFinding(
                .dmarc, name, .wrong, "\(place) has more than one DMARC record, so none of them counts.",
                fix: "Leave one.")
        }
        if let problem = record.problem {
            return HealthFinding(
                .dmarc, name, .wrong, "The DMARC record at \(place) cannot be used: \(problem).",
                fix: "Correct it: \"v=DMARC1; p=none\", \"p=quarantine\" or \"p=reject\".")
        }
        let policy = (isAbove ? record.subdomainPolicy : record.policy) ?? .none
        var said = "\(isAbove ? "sp" : "p")=\(policy.rawValue)"
        if isAbove, record.subdomainPolicy == record.policy { said = "p=\(policy.rawValue)" }
        if record.percent < 100 { said += " for \(record.percent) of 100 mails" }
        if record.isStrictSPF { said += ", SPF strict" }
        if record.isStrictDKIM { said += ", DKIM strict" }
        let signed = signature?.domain
        if record.isStrictDKIM, let signed, signed != name {
            return HealthFinding(
                .dmarc, name, .warning,
                "The DMARC record at \(place) (\(said)) wants signatures of \(name) itself, and mails are signed by \(signed).",
                fix: "Sign as \(name), or take adkim=s out.")
        }
        if policy == .none, record.reports.isEmpty {
            return HealthFinding(
                .dmarc, name, .warning,
                "The DMARC record at \(place) says \(said) and asks for no reports, so it does nothing.",
                fix: "Add rua=mailto:ADDRESS to read who sends as \(name), then go on to p=quarantine.")
        }
        return HealthFinding(.dmarc, name, .ok, "The DMARC record at \(place) says \(said).")
    }
}
