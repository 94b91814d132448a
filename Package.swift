// swift-tools-version: 6.2
import PackageDescription

let house: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]
let cFacing: [SwiftSetting] = house + [.strictMemorySafety()]

let package = Package(
    name: "purr",
    products: [.executable(name: "purr", targets: ["purr"])],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
        .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
        .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache", from: "2.1.0"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
    ],
    targets: [
        // System libraries: headers, and the macros Swift cannot see.
        .systemLibrary(name: "CCurl"),
        .systemLibrary(name: "CEtpan"),
        .systemLibrary(name: "CCmark"),

        // Pure: every decision is a function of values.
        .target(name: "PurrMail", swiftSettings: house),
        .target(name: "PurrSequences", dependencies: ["PurrMail"], swiftSettings: house),
        .target(name: "PurrReplies", dependencies: ["PurrMail"], swiftSettings: house),
        .target(name: "PurrSendTime", swiftSettings: house),
        .target(
            name: "PurrTemplates",
            dependencies: ["PurrMail", "CCmark", .product(name: "Mustache", package: "swift-mustache")],
            swiftSettings: house),
        .target(
            name: "PurrFiles",
            dependencies: ["PurrMail", "PurrSequences", "PurrTemplates", .product(name: "Yams", package: "Yams")],
            swiftSettings: house),

        // The edges.
        .target(
            name: "PurrStore",
            dependencies: [
                "PurrMail", "PurrSequences", "PurrReplies", .product(name: "GRDB", package: "GRDB.swift"),
            ],
            swiftSettings: house),
        .target(name: "PurrTransport", dependencies: ["CCurl", "PurrMail"], swiftSettings: cFacing),
        .target(
            name: "PurrMailbox", dependencies: ["CEtpan", "PurrTransport", "PurrMail"], swiftSettings: cFacing),

        // The shell.
        .target(
            name: "PurrEngine",
            dependencies: [
                "PurrMail", "PurrSequences", "PurrReplies", "PurrSendTime", "PurrTemplates", "PurrFiles",
                "PurrStore",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ],
            swiftSettings: house),
        .target(name: "PurrSimulator", dependencies: ["PurrEngine"], swiftSettings: house),
        .executableTarget(
            name: "purr",
            dependencies: [
                "PurrEngine", "PurrSimulator", "PurrMailbox", "PurrTransport",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            swiftSettings: house),
    ]
)
