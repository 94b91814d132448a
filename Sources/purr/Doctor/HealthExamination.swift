import Foundation
import Glibc
import PurrEngine
import PurrMail
import PurrMailbox
import PurrSequences
import PurrStore
import PurrTransport

/// Gathers what `purr doctor` judges; changes nothing but what a test mail that was asked for leaves.
struct HealthExamination {
    let folder: DataFolder
    let keyFile: KeyFile
    let isOffline: Bool
    /// Sends a mail to itself from each mailbox.
    let isProbing: Bool
    /// The only mailbox to be looked at; nil for all.
    let only: EmailAddress?
    /// Asked instead of the system's name servers.
    let nameServer: NameServer?
    /// A file with the authorities of the public URL instead of the system's.
    let webAuthority: String?

    private let pool = WorkerPool(name: "doctor", threads: 1)

    init(
        folder: DataFolder, keyFile: KeyFile, isOffline: Bool, isProbing: Bool, only: EmailAddress?,
        nameServer: NameServer?, webAuthority: String?
    ) {
        self.folder = folder
        self.keyFile = keyFile
        self.isOffline = isOffline
        self.isProbing = isProbing
        self.only = only
        self.nameServer = nameServer
        self.webAuthority = webAuthority
    }

    func facts() async throws -> HealthFacts {
        var facts = HealthFacts(now: Date())
        facts.isOffline = isOffline
        step("the machine")
        lookAtMachine(&facts)
        let vault = lookAtKey(&facts)
        facts.daemon.isRunning = folder.isDaemonRunning
        let store: Store
        do { store = try folder.open() } catch {
            facts.database.isAbsent = (error as? CommandError)?.kind == .noInput
            facts.database.problem = Ending.sentence(for: error)?.text ?? "The database cannot be opened."
            return facts
        }
        let clock = try VirtualClock.kept(in: store) ?? .real
        let session = Session(
            folder: folder, store: store, clock: clock,
            commands: Commands(store: store, now: clock.virtual(Date())))
        step("the database")
        facts.database.schema = Store.schemaVersion
        facts.database.damage = try store.damage()
        guard facts.database.damage == nil else { return facts }
        facts.clock.newestNote = try store.read { try $0.newestNote() }.map(clock.real)
        try lookAtDaemon(session, &facts)
        try await lookAtMailboxes(session, vault, &facts)
        try lookAtWeb(session, &facts)
        if !isOffline { await lookAtDomains(&facts) }
        Terminal.progress("")
        return facts
    }

    private func step(_ what: String) { Terminal.progress("Looking at \(what) …") }

    // MARK: The machine

    private func lookAtMachine(_ facts: inout HealthFacts) {
        // The program's own file: its date is that of its build, also where a package installed it.
        facts.clock.builtAt =
            attributes(of: Bundle.main.executablePath ?? "/proc/self/exe")?[.modificationDate] as? Date
        facts.zones.version = TimeZone.timeZoneDataVersion
        facts.zones.wrong = Self.wrongZones()
        facts.disk = disk()
        let places: [(HealthFacts.FileRights.Role, String)] = [
            (.folder, folder.path), (.database, folder.databasePath), (.key, keyFile.location),
        ]
        facts.files = places.compactMap { role, path in
            guard let attributes = attributes(of: path),
                let mode = attributes[.posixPermissions] as? Int
            else { return nil }
            // systemd hands its credentials over in a file of root's that the service alone can read.
            let isOurs = attributes[.ownerAccountID] as? Int == Int(geteuid()) || role == .key
            return HealthFacts.FileRights(role: role, path: path, mode: mode & 0o777, isOurs: isOurs)
        }
    }

    private func attributes(of path: String) -> [FileAttributeKey: Any]? {
        try? FileManager.default.attributesOfItem(
            atPath: URL(fileURLWithPath: path).resolvingSymlinksInPath().path)
    }

    /// Zones whose clock differs from what is known of it: summer and winter, and a half hour.
    private static func wrongZones() -> [String] {
        let winter = Date(timeIntervalSince1970: 1_768_478_400)  // 2026-01-15 12:00 UTC
        let summer = Date(timeIntervalSince1970: 1_784_116_800)  // 2026-07-15 12:00 UTC
        let known: [(String, Int, Int)] = [
            ("Europe/Oslo", 13, 14), ("America/New_York", 7, 8), ("Australia/Sydney", 23, 22),
            ("Asia/Tokyo", 21, 21),
        ]
        return known.compactMap { name, inWinter, inSummer in
            guard let zone = Zone(identifier: name), zone.wall(of: winter).second == inWinter * 3_600,
                zone.wall(of: summer).second == inSummer * 3_600
            else { return name }
            return nil
        }
    }

    private func disk() -> HealthFacts.Disk? {
        var room = statvfs()
        guard statvfs(folder.path, &room) == 0 else { return nil }
        let size = attributes(of: folder.databasePath)?[.size] as? Int64 ?? 0
        return HealthFacts.Disk(
            free: Int64(clamping: UInt64(room.f_bavail) * UInt64(room.f_frsize)),
            freeFiles: room.f_files == 0 ? nil : Int64(clamping: room.f_favail), databaseSize: size,
            special: special)
    }

    /// The kind of the data folder's file system, where that matters: proc_pid_mountinfo(5).
    private var special: HealthFacts.Disk.Special? {
        let path = URL(fileURLWithPath: folder.path).resolvingSymlinksInPath().path
        guard let mounts = FileManager.default.contents(atPath: "/proc/self/mountinfo") else { return nil }
        var nearest: (place: String, kind: String) = ("", "")
        for line in String(decoding: mounts, as: UTF8.self).split(separator: "\n") {
            let words = line.split(separator: " ")
            guard words.count > 6, let dash = words.firstIndex(of: "-"), dash + 1 < words.count else {
                continue
            }
            let place = String(words[4])
            // The last of several mounts on one place is the one that is seen.
            guard path == place || path.hasPrefix(place == "/" ? "/" : place + "/"),
                place.count >= nearest.place.count
            else { continue }
            nearest = (place, String(words[dash + 1]))
        }
        return switch nearest.kind {
        case "nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "fuse.sshfs", "ceph", "glusterfs": .network
        case "tmpfs", "ramfs": .memory
        default: nil
        }
    }

    private func lookAtKey(_ facts: inout HealthFacts) -> Vault? {
        do { return Vault(key: try keyFile.key()) } catch {
            facts.key.problem = error.text
            return nil
        }
    }

    private func lookAtDaemon(_ session: Session, _ facts: inout HealthFacts) throws {
        step("the daemon")
        let report = try session.commands.status(
            clock: session.clock, isDaemonRunning: facts.daemon.isRunning)
        facts.daemon.alarms = report.alarms
        facts.daemon.held = report.counts.held
        facts.daemon.hasWork = try session.store.read { try $0.hasOpenEnrollments() }
    }

    // MARK: Mailboxes

    private func lookAtMailboxes(
        _ session: Session, _ vault: Vault?, _ facts: inout HealthFacts
    ) async throws {
        let mailboxes = try session.store.read { try $0.mailboxes() }
        let chosen = try only.map { [try session.commands.mailbox($0)] } ?? mailboxes
        for record in chosen {
            var mailbox = HealthFacts.Mailbox(address: record.address.text)
            mailbox.pauseReason = record.isPaused ? record.pauseReason : nil
            mailbox.provenAt = record.provenAt
            let kept = try session.store.read { transaction in
                (try transaction.folders(of: record.id), try transaction.probeEvidence(of: record))
            }
            mailbox.excluded = kept.0.filter { $0.isListed && $0.isExcluded }.map(\.name.description)
            mailbox.refused = kept.0.filter { $0.isWatched && !$0.refusal.isEmpty }.map(\.name.description)
            mailbox.probe = kept.1
            let settings = MailboxSettings(of: record)
            mailbox.hasPostalAddress =
                try session.store.read { try settings?.completed(in: $0).postalAddress.isEmpty } == false
            if let vault, let settings {
                await lookAtServers(of: record, settings, vault, session, &mailbox, &facts)
            } else {
                let why =
                    settings == nil ? "Its settings are damaged." : "Without the key there is no login."
                mailbox.imap = .notTried(why)
                mailbox.smtp = .notTried(why)
            }
            if let probe = mailbox.probe, let theirs = probe.acceptedAt ?? probe.receivedAt,
                facts.now.timeIntervalSince(probe.sentAt) < 86_400
            {
                facts.clock.readings.append(
                    .init(source: "the server of \(record.address)", theirs: theirs, ours: probe.sentAt))
            }
            facts.mailboxes.append(mailbox)
            note(mailbox.probe, domain: record.address.domain, &facts)
        }
    }

    /// Adds a sender's domain once, with what is known of its signature.
    private func note(_ probe: ProbeEvidence?, domain: String, _ facts: inout HealthFacts) {
        let name = domain.lowercased()
        let index =
            facts.domains.firstIndex { $0.name == name }
            ?? {
                facts.domains.append(HealthFacts.Domain(name: name))
                return facts.domains.count - 1
            }()
        guard let probe else { return }
        facts.domains[index].hasProbe = true
        if facts.domains[index].signature == nil {
            facts.domains[index].signature = probe.signature(for: name)
        }
    }

    private func lookAtServers(
        of record: MailboxRecord, _ settings: MailboxSettings, _ vault: Vault, _ session: Session,
        _ mailbox: inout HealthFacts.Mailbox, _ facts: inout HealthFacts
    ) async {
        let secret: Secret
        do { secret = try vault.opened(record.credential, for: record.address) } catch {
            facts.key.closed.append(record.address.text)
            mailbox.imap = .notTried("Its password cannot be opened.")
            mailbox.smtp = mailbox.imap
            return
        }
        guard !isOffline else {
            mailbox.imap = .notTried("The server was not asked (--offline).")
            mailbox.smtp = mailbox.imap
            return
        }
        step("the servers of \(record.address)")
        let provider = Provider.of(domain: record.address.domain)
        func failed(_ failure: MailServerFailure, isToken: Bool) -> HealthFacts.Mailbox.Login {
            .failed(
                failure.text + (failure.text.hasSuffix(".") ? "" : "."),
                advice: failure.advice(provider: provider, isToken: isToken))
        }
        do {
            let credential = try await session.credential(
                of: record.id, record.address, settings: settings, secret: secret, vault: vault)
            let endpoints = try settings.endpoints(in: folder)
            let check = MailboxCheck(
                address: record.address, name: record.name, imap: endpoints.imap, smtp: endpoints.smtp,
                credential: credential, provider: provider, isProbing: isProbing, line: { _, _ in })
            let logins = await check.logins(pool)
            mailbox.imap =
                logins.imapFailure.map { failed($0, isToken: credential.isToken) }
                ?? .good("\(endpoints.imap): TLS, certificate verified, logged in.")
            mailbox.smtp =
                logins.smtpFailure.map { failed($0, isToken: credential.isToken) }
                ?? (logins.submission == nil
                    ? .notTried("It was not tried, because the other login was refused.")
                    : .good("\(endpoints.smtp): TLS, certificate verified, logged in."))
            if let connection = logins.connection {
                mailbox.folders = logins.folders
                if isProbing, let submission = logins.submission {
                    step("a test mail of \(record.address), for up to a minute")
                    _ = try await check.probe(
                        connection, submission, folders: logins.folders, pool: pool)
                }
                if let seen = try await ProbeSearch.latest(
                    over: connection, folders: logins.folders, pool: pool),
                    mailbox.probe.map({ seen.sentAt >= $0.sentAt }) ?? true
                {
                    mailbox.probe = seen
                    if isProbing { try session.commands.note(probe: seen, of: record.address) }
                }
            }
            await pool.perform { logins.close() }
        } catch let failure as MailServerFailure {
            mailbox.imap = failed(failure, isToken: true)
        } catch {
            mailbox.smtp = .failed(
                Ending.sentence(for: error)?.text ?? "It cannot be tried.",
                advice: "See: purr mailbox check \(record.address).")
        }
    }

    // MARK: The public URL and name servers

    private func lookAtWeb(_ session: Session, _ facts: inout HealthFacts) throws {
        let settings = try session.store.read { try $0.webSettings() }
        guard let url = settings.publicURL else { return }
        var outcome = PublicURLTest.Outcome()
        let key = try? keyFile.key()
        let isAsked = !isOffline && key != nil
        if isAsked, let key {
            step(url.text)
            outcome = PublicURLTest(url: url, tokens: LinkTokens(key: key), ca: webAuthority).run()
            // Without TLS it is this machine itself that answers.
            if let date = outcome.date, url.isSecure {
                facts.clock.readings.append(.init(source: url.text, theirs: date, ours: Date()))
            }
        }
        facts.web = HealthFacts.Web(
            url: url.text, isSecure: url.isSecure, isOn: settings.isOn, hasPassed: settings.passedAt != nil,
            problem: outcome.problem, wasAsked: isAsked)
    }

    private func lookAtDomains(_ facts: inout HealthFacts) async {
        for index in facts.domains.indices {
            var domain = facts.domains[index]
            let (name, server) = (domain.name, nameServer)
            step("what name servers say of \(name)")
            domain.exchangers = await pool.perform { mailExchangers(of: name, server: server) }
            // A record may take in others, these again others; nobody needs more than this.
            var left = 40
            while left > 0, let missing = domain.missingTexts.first {
                domain.texts[missing] = await pool.perform { textRecords(of: missing, server: server) }
                left -= 1
            }
            facts.domains[index] = domain
        }
    }
}
