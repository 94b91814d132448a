package import PurrMail

extension IMAPConnection {
    /// The headers of a stretch of a folder, a slice at a time.
    ///
    /// - Parameters:
    ///   - after: The cursor: the last UID that is accounted for.
    ///   - through: The last UID of interest: one below UIDNEXT.
    ///   - limit: The most messages in the slice. Call again from the slice's `through` for the rest.
    ///   - fields: The header fields to fetch; of each message at most 64 KB of them.
    /// - Returns: Every UID up to the slice's `through` was fetched, set aside, or is gone, by the
    ///   server's own `UID SEARCH`: a `NO` in the middle of an answer does not look like the end of one.
    package func headers(
        in folder: FolderName, after: UID, through: UID, limit: Int = 2_000, fields: [String],
        expecting: UIDValidity
    ) throws(MailServerFailure) -> Reading<HeaderSlice> {
        var found: [UID: FetchedHeader] = [:]
        var unreadable: [UID] = []
        var reached = after
        func slice() -> Reading<HeaderSlice> {
            let headers = found.values.filter { $0.uid <= reached }.sorted { $0.uid < $1.uid }
            return .read(
                HeaderSlice(
                    uidValidity: expecting, headers: headers, unreadable: unreadable, through: reached))
        }
        guard after < through else { return slice() }

        var burst = try burst(in: folder, seeing: through)
        guard burst.selection.uidValidity == expecting else {
            return .renumbered(burst.selection.uidValidity)
        }
        try burst.checkSight(of: through)
        let stretch = try listed(after: after, through: through, limit: max(limit, 1), of: burst)
        let next = comingChunks(
            after: stretch, width: through.rawValue - after.rawValue, limit: limit, of: burst)
        if dialogue.ahead.isEmpty { burst.early = [:] }
        // A stack with the lowest on top, so that whatever is done is a stretch without holes.
        var chunks = stretch.chunks(of: Self.batchCount)
        var troubles = 0
        let part = EtpanIMAP.Part.fields(fields, limit: Self.headerLimit)
        while let chunk = chunks.popLast(), let last = chunk.last {
            var missing = chunk
            do throws(MailServerFailure) {
                let following =
                    asksAhead && troubles == 0
                    ? Array((chunks.reversed() + next).prefix(Self.mostAhead)) : []
                for fetched in try burst.session.fetch(part, of: chunk, then: following) {
                    guard let bytes = fetched.bytes, let first = chunk.first else { continue }
                    let header = FetchedHeader(
                        uid: fetched.uid, bytes: bytes, receivedAt: fetched.receivedAt)
                    if (first...last).contains(header.uid) {
                        found[header.uid] = header
                    } else if let end = following.last?.last, header.uid > last, header.uid <= end {
                        burst.early[header.uid] = header
                    }
                }
                if !burst.early.isEmpty {
                    for uid in chunk {
                        if let header = burst.early.removeValue(forKey: uid) { found[uid] = header }
                    }
                }
            } catch {
                endBurst()
                guard error.reason == .refused, isUsable else { throw error }
                burst = try self.burst(in: folder, seeing: through)
                guard burst.selection.uidValidity == expecting else {
                    return .renumbered(burst.selection.uidValidity)
                }
                try burst.checkSight(of: through)
            }
            missing.removeAll { found[$0] != nil }
            if !missing.isEmpty {
                troubles += 1
                let present = Set(try search("UID \(UIDRange.text(missing))"))
                missing.removeAll { !present.contains($0) }
            }
            if missing.isEmpty {
                reached = last
            } else if chunk.count == 1 {
                try proveReachable(chunk[0])
                unreadable += missing
                reached = last
            } else {
                if troubles > Self.mostTroubles, reached > after { break }
                chunks.append(Array(missing[(missing.count / 2)...]))
                if missing.count > 1 { chunks.append(Array(missing[..<(missing.count / 2)])) }
            }
        }
        if chunks.isEmpty { reached = stretch.through }
        dialogue.reader.release()
        return slice()
    }

    /// A message is set aside for itself alone: when the server will not even name it, the trouble is
    /// the server's, and the cursor stays.
    private func proveReachable(_ uid: UID) throws(MailServerFailure) {
        try dialogue.command("UID FETCH \(uid.rawValue) (UID)").check("Fetching")
    }

    /// What a slice covers: the messages that the server lists, and up to where.
    struct Stretch {
        var uids: [UID]
        var through: UID

        /// In pieces of at most `count`, the highest first.
        func chunks(of count: Int) -> [[UID]] {
            var chunks: [[UID]] = []
            var rest = uids[...]
            while !rest.isEmpty {
                chunks.append(Array(rest.prefix(count)))
                rest = rest.dropFirst(count)
            }
            return chunks.reversed()
        }
    }

    /// What the next slice will fetch, as far as the listing tells; a wrong guess costs an answer that is
    /// thrown away.
    private func comingChunks(after stretch: Stretch, width: UInt32, limit: Int, of burst: Burst) -> [[UID]]
    {
        guard let listing = burst.listing else { return [] }
        let (end, overflow) = stretch.through.rawValue.addingReportingOverflow(width)
        let through = overflow ? listing.through : min(UID(rawValue: end), listing.through)
        guard let uids = listing.uids(after: stretch.through, through: through)?.prefix(limit) else {
            return []
        }
        return Stretch(uids: Array(uids), through: through).chunks(of: Self.batchCount).reversed()
    }

    /// Lists the next messages after the cursor, at most `limit` of them.
    ///
    /// Where a folder is read from one end to the other, for several slices at once.
    /// A small folder is listed whole. In a big one, windows of UIDs are asked for, that widen while they
    /// hold little: else each slice of a folder with a million messages would begin with a list of all.
    ///
    private func listed(
        after: UID, through: UID, limit: Int, of burst: Burst
    ) throws(MailServerFailure) -> Stretch {
        if let stretch = try listedTogether(after: after, through: through, limit: limit, of: burst) {
            return stretch
        }
        let messages = burst.selection.messages
        var uids: [UID] = []
        var reached = after.rawValue
        var width = messages <= Self.smallFolder ? UInt32.max : UInt32(clamping: limit)
        var searches = 0
        while reached < through.rawValue, uids.count < limit, searches < Self.mostSearches {
            let (end, overflow) = reached.addingReportingOverflow(width)
            let last = overflow ? through.rawValue : min(end, through.rawValue)
            let range = UIDRange(first: UID(rawValue: reached + 1), last: UID(rawValue: last))
            // Outside of the range: `UID 5:9` brings the highest message even when it is below 5.
            let some = try search("UID \(range.text)").filter { $0 >= range.first && $0 <= range.last }
            uids += some
            reached = last
            searches += 1
            if some.count < limit / 4 { width = min(width, Self.widestWindow / 2) * 2 }
        }
        guard uids.count > limit else { return Stretch(uids: uids, through: UID(rawValue: reached)) }
        uids.removeSubrange(limit...)
        return Stretch(uids: uids, through: uids.last ?? after)
    }

    /// The stretch out of a listing of several; nil where it is the last one.
    private func listedTogether(
        after: UID, through: UID, limit: Int, of burst: Burst
    ) throws(MailServerFailure) -> Stretch? {
        func part(of listing: Burst.Listing) -> Stretch? {
            guard let uids = listing.uids(after: after, through: through) else { return nil }
            guard uids.count > limit else { return Stretch(uids: Array(uids), through: through) }
            let some = Array(uids.prefix(limit))
            return Stretch(uids: some, through: some.last ?? after)
        }
        if let stretch = burst.listing.flatMap(part) { return stretch }
        let width = through.rawValue - after.rawValue
        guard Int(width) >= limit, let uidNext = burst.selection.uidNext,
            uidNext.rawValue - 1 > through.rawValue
        else { return nil }
        let end = min(
            UInt64(after.rawValue) + UInt64(width) * Self.slicesListed, UInt64(uidNext.rawValue - 1))
        let range = UIDRange(first: UID(rawValue: after.rawValue + 1), last: UID(rawValue: UInt32(end)))
        // Outside of the range: see above.
        let uids = try search("UID \(range.text)").filter { $0 >= range.first && $0 <= range.last }
        let listing = Burst.Listing(after: after, through: range.last, uids: uids)
        burst.listing = listing
        return part(of: listing)
    }

    /// Fetches that the server is asked for before their turn: it works on while a slice is matched and stored.
    static let mostAhead = 4
    /// Slices that are listed at once where more than one follows.
    static let slicesListed: UInt64 = 10
    /// Threading needs a few hundred bytes; a hostile header must not fill the memory 500 times over.
    static let headerLimit = 65_536
    /// Messages in one `FETCH`: its command line and its answer stay small; even one at a time they
    /// bring 6,000 headers a second over 80 ms of round trip.
    static let batchCount = 500
    /// After so many fetches that brought less than the server lists, return what is done.
    static let mostTroubles = 64
    static let smallFolder = 4_000
    static let widestWindow: UInt32 = 200_000
    static let mostSearches = 32
}

extension UIDRange {
    /// As in a command: `1:3,7`.
    static func text(_ uids: [UID]) -> String { joining(uids).map(\.text).joined(separator: ",") }
}
