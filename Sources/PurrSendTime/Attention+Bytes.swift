// A form to be stored, at most 5.5 KB: little-endian; in lists, runs of zeros are counted.
extension Attention {
    private static let version: UInt8 = 1

    /// Everything there is to know; ``init(bytes:)`` makes an equal value of it.
    package var bytes: [UInt8] {
        var out = AttentionWriter()
        out.bytes = [Self.version, level.rawValue]
        out.integer(moments)
        out.integer(sessions)
        out.integer(last.minutes)
        out.number(trackRecord)
        for memory in level == .contact ? [long, recent] : [long] {
            out.number(memory.free)
            out.list(memory.exposed)
            out.list(memory.moments)
            out.list(memory.exposure)
        }
        return out.bytes
    }

    /// - Returns: `nil` for what ``bytes`` did not make: another version, a wrong length, numbers that no
    ///   evidence has.
    package init?(bytes: [UInt8]) {
        guard bytes.count > 2, bytes[0] == Self.version, let level = Level(rawValue: bytes[1]) else {
            return nil
        }
        var reader = AttentionReader(bytes: bytes[2...])
        guard let moments = reader.integer(), let sessions = reader.integer(), let last = reader.integer(),
            let trackRecord = reader.number(), 0...moments ~= sessions, trackRecord.magnitude <= 10
        else { return nil }
        self.init(level)
        self.moments = moments
        self.sessions = sessions
        self.last = WallMinute(last)
        self.trackRecord = trackRecord
        guard let long = reader.memory() else { return nil }
        self.long = long
        if level == .contact {
            guard let recent = reader.memory() else { return nil }
            self.recent = recent
        }
        guard reader.bytes.isEmpty else { return nil }
    }
}

private struct AttentionWriter {
    var bytes: [UInt8] = []

    mutating func integer(_ value: Int) {
        let bits = UInt64(bitPattern: Int64(value))
        for shift in stride(from: UInt64(0), to: 64, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: bits >> shift))
        }
    }

    mutating func number(_ value: Float) {
        for shift in stride(from: UInt32(0), to: 32, by: 8) {
            bytes.append(UInt8(truncatingIfNeeded: value.bitPattern >> shift))
        }
    }

    private mutating func count(_ value: Int) {
        bytes.append(UInt8(truncatingIfNeeded: value))
        bytes.append(UInt8(truncatingIfNeeded: value >> 8))
    }

    /// As often as needed: the number of zeros, the number of values, the values.
    mutating func list(_ values: [Float]) {
        var rest = values[...]
        while !rest.isEmpty {
            let zeros = rest.prefix { $0 == 0 }.count
            rest = rest.dropFirst(zeros)
            let filled = rest.prefix { $0 != 0 }
            rest = rest.dropFirst(filled.count)
            count(zeros)
            count(filled.count)
            for value in filled { number(value) }
        }
    }
}

private struct AttentionReader {
    var bytes: ArraySlice<UInt8>

    private mutating func little(_ size: Int) -> UInt64? {
        guard bytes.count >= size else { return nil }
        var value: UInt64 = 0
        for byte in bytes.prefix(size).reversed() { value = value << 8 | UInt64(byte) }
        bytes = bytes.dropFirst(size)
        return value
    }

    mutating func integer() -> Int? { little(8).map { Int(truncatingIfNeeded: $0) } }

    mutating func number() -> Float? {
        guard let bits = little(4) else { return nil }
        let value = Float(bitPattern: UInt32(truncatingIfNeeded: bits))
        return value.isFinite ? value : nil
    }

    private mutating func weight() -> Float? { number().flatMap { $0 >= 0 ? $0 : nil } }

    mutating func list(_ size: Int) -> [Float]? {
        var values: [Float] = []
        while values.count < size {
            guard let zeros = little(2), let filled = little(2), zeros + filled > 0,
                values.count + Int(zeros + filled) <= size
            else { return nil }
            values += [Float](repeating: 0, count: Int(zeros))
            for _ in 0..<filled {
                guard let value = weight() else { return nil }
                values.append(value)
            }
        }
        return values
    }

    mutating func memory() -> Memory? {
        guard let free = weight(), let exposed = list(7), let moments = list(Memory.bins),
            let exposure = list(Memory.bins)
        else { return nil }
        var memory = Memory()
        memory.free = free
        memory.exposed = exposed
        memory.moments = moments
        memory.exposure = exposure
        return memory
    }
}
