#include "lab/secret_resolve.hpp"

#include <otto/error.hpp>
#include <otto/secret.hpp>

namespace otto {

struct Secret::Data {
    Kind kind = Kind::literal;
    std::vector<std::string> words; // the text, name, path, prompt, or the program and its arguments
    bool trusted = true;
};

Secret::Secret()
    : Secret(literal(std::string())) {}
Secret::Secret(std::shared_ptr<const Data> data)
    : data_(std::move(data)) {}

Secret Secret::literal(std::string text) {
    return Secret(std::make_shared<const Data>(Data{Kind::literal, {std::move(text)}, true}));
}

Secret Secret::env(std::string name) {
    return Secret(std::make_shared<const Data>(Data{Kind::env, {std::move(name)}, true}));
}

Secret Secret::file(std::string path) {
    return Secret(std::make_shared<const Data>(Data{Kind::file, {std::move(path)}, true}));
}

Secret Secret::command(std::vector<std::string> argv, bool trusted) {
    return Secret(std::make_shared<const Data>(Data{Kind::command, std::move(argv), trusted}));
}

Secret Secret::ask(std::string prompt) {
    return Secret(std::make_shared<const Data>(Data{Kind::ask, {std::move(prompt)}, true}));
}

Secret::Kind Secret::kind() const noexcept {
    return data_->kind;
}

std::string Secret::describe() const {
    switch (data_->kind) {
    case Kind::literal:
        break;
    case Kind::env:
        return "!env " + data_->words.front();
    case Kind::file:
        return "!file " + data_->words.front();
    case Kind::command: {
        std::string text = "!command [";
        for (std::size_t i = 0; i < data_->words.size(); ++i)
            text += (i == 0 ? "" : ", ") + data_->words[i];
        return text + "]";
    }
    case Kind::ask:
        return data_->words.front().empty() ? "!ask" : "!ask " + data_->words.front();
    }
    return "(secret)";
}

std::string Secret::identity() const {
    // Each word with its length in front: ["a b"] and ["a", "b"] are two commands.
    std::string text = std::to_string(static_cast<int>(data_->kind));
    if (data_->kind == Kind::command && !data_->trusted) text += "?";
    for (const std::string& word : data_->words)
        text += ":" + std::to_string(word.size()) + ":" + word;
    return text;
}

std::string Secret::resolve_blocking() const {
    try {
        switch (data_->kind) {
        case Kind::literal:
            break;
        case Kind::env:
            return resolve_env(data_->words.front());
        case Kind::file:
            return resolve_file(data_->words.front());
        case Kind::command:
            if (!data_->trusted)
                throw Error(
                    Errc::lab,
                    "not run, because others could change the lab file (by its owner, mode or directory)")
                    .advice("make file and directory writable by you alone, or use !env or !file");
            return resolve_command(data_->words);
        case Kind::ask:
            return resolve_ask(data_->words.front());
        }
        return data_->words.front();
    } catch (const Error& error) {
        throw Error(error.code(), describe() + ": " + error.message()).advice(error.advice());
    }
}

} // namespace otto
