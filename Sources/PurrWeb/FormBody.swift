internal import Foundation

/// The fields of a posted form: `application/x-www-form-urlencoded`, `multipart/form-data`, or an object of
/// JSON.
///
/// Of a field that comes twice the first counts; what cannot be read is no field.
struct FormBody: Sendable, Hashable {
    private(set) var fields: [String: String] = [:]

    /// The most fields one form may have, and the most bytes of a name.
    private static let mostFields = 200
    private static let longestName = 100

    /// - Parameter type: The `Content-Type` field; without one the body is taken as urlencoded.
    init(_ bytes: [UInt8], type: String?) {
        let words = (type ?? "").split(separator: ";", maxSplits: 1)
        switch words.first?.trimmingCharacters(in: .whitespaces).lowercased() ?? "" {
        case "multipart/form-data": readMultipart(bytes, boundary: Self.boundary(in: type ?? ""))
        case "application/json", "text/plain": readJSON(bytes)
        default: readURLEncoded(bytes)
        }
    }

    subscript(_ name: String) -> String? { fields[name] }

    private mutating func add(_ name: String, _ value: String) {
        guard !name.isEmpty, name.utf8.count <= Self.longestName, fields[name] == nil,
            fields.count < Self.mostFields
        else { return }
        fields[name] = value
    }

    private mutating func readURLEncoded(_ bytes: [UInt8]) {
        for pair in String(decoding: bytes, as: UTF8.self).split(separator: "&").prefix(Self.mostFields) {
            let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let words = halves.map {
                String($0).replacing("+", with: " ").removingPercentEncoding ?? ""
            }
            add(words.first ?? "", words.count > 1 ? words[1] : "")
        }
    }

    private mutating func readJSON(_ bytes: [UInt8]) {
        guard let object = try? JSONDecoder().decode([String: Scalar].self, from: Data(bytes)) else {
            return
        }
        for (name, value) in object.sorted(by: { $0.key < $1.key }) {
            if let text = value.text { add(name, text) }
        }
    }

    /// A string, number or truth value; anything else has no text.
    private struct Scalar: Decodable {
        let text: String?

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            if let text = try? container.decode(String.self) {
                self.text = text
            } else if let flag = try? container.decode(Bool.self) {
                text = flag ? "true" : "false"
            } else if let number = try? container.decode(Int64.self) {
                text = String(number)
            } else if let number = try? container.decode(Double.self) {
                text = String(number)
            } else {
                text = nil
            }
        }
    }

    /// RFC 7578; files are passed over.
    private mutating func readMultipart(_ bytes: [UInt8], boundary: String?) {
        guard let boundary, (1...200).contains(boundary.utf8.count) else { return }
        let text = String(decoding: bytes, as: UTF8.self).replacing("\r\n", with: "\n")
        for part in text.components(separatedBy: "--\(boundary)").dropFirst().prefix(Self.mostFields) {
            guard !part.hasPrefix("--"), let gap = part.range(of: "\n\n") else { continue }
            let header = part[..<gap.lowerBound]
            guard
                let line = header.split(separator: "\n").first(where: {
                    $0.lowercased().hasPrefix("content-disposition:")
                }), !line.contains("filename"), let start = line.range(of: "name=\"")
            else { continue }
            let name = line[start.upperBound...].prefix { $0 != "\"" }
            var value = String(part[gap.upperBound...])
            if value.hasSuffix("\n") { value.removeLast() }
            add(String(name), value)
        }
    }

    private static func boundary(in type: String) -> String? {
        guard let start = type.range(of: "boundary=", options: .caseInsensitive) else { return nil }
        let value = type[start.upperBound...].prefix { $0 != ";" }.trimmingCharacters(in: .whitespaces)
        return value.hasPrefix("\"") ? String(value.dropFirst().prefix { $0 != "\"" }) : value
    }
}
