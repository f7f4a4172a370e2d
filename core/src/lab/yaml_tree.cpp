#include "lab/yaml_tree.hpp"

#include <otto/result.hpp>

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/mark.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <map>
#include <optional>
#include <sstream>
#include <unordered_map>

namespace otto {
namespace {

// Ends the reading at a limit.
struct Stop {
    YamlFault fault;
};

YamlMark place(const YAML::Mark& mark) {
    return mark.is_null() ? YamlMark() : YamlMark{mark.line + 1, mark.column + 1};
}

// yaml-cpp's "?" is a plain node without a tag, its "!" a quoted one. YAML's own tags say what the text says
// anyway.
std::string own_tag(const std::string& tag) {
    constexpr std::string_view standard = "tag:yaml.org,2002:";
    if (tag == "?" || tag == "!" || tag.starts_with(standard)) return {};
    return tag;
}

class TreeBuilder final : public YAML::EventHandler {
  public:
    explicit TreeBuilder(std::vector<YamlFault>& faults)
        : faults_(faults) {}

    [[nodiscard]] YamlPtr root() const { return root_; }
    // Where the innermost collection that is still open began.
    [[nodiscard]] std::optional<YamlMark> open_collection() const {
        return open_.empty() ? std::nullopt : std::optional(open_.back().node->mark);
    }

    void OnDocumentStart(const YAML::Mark& mark) override {
        if (root_)
            throw Stop{{place(mark), "a lab file holds one document: put the second into a file of its own"}};
    }
    void OnDocumentEnd() override {}

    void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        add(make(YamlNode::Kind::null, mark, std::string()), anchor);
    }

    void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  const std::string& value) override {
        auto node = make(YamlNode::Kind::scalar, mark, own_tag(tag));
        node->text = value;
        plain_ = tag == "?";
        add(std::move(node), anchor);
    }

    void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
        const auto target = anchors_.find(anchor);
        if (target == anchors_.end())
            throw Stop{{place(mark), "an alias inside its own anchor never ends: write the value out"}};
        auto node = std::make_shared<YamlNode>(*target->second);
        node->mark = place(mark);
        alias_nodes_ += node->weight;
        if (alias_nodes_ > YamlLimits::alias_nodes)
            throw Stop{{place(mark),
                        "more than 100,000 values are reached through aliases: write them out, or put "
                        "them into a group"}};
        if (open_.size() + node->height > YamlLimits::depth) throw Stop{{place(mark), too_deep}};
        plain_ = false;
        attach(std::move(node));
    }

    void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                         YAML::EmitterStyle::value /*style*/) override {
        open(make(YamlNode::Kind::sequence, mark, own_tag(tag)), anchor);
    }
    void OnSequenceEnd() override { close(); }

    void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                    YAML::EmitterStyle::value /*style*/) override {
        open(make(YamlNode::Kind::mapping, mark, own_tag(tag)), anchor);
    }
    void OnMapEnd() override { close(); }

  private:
    static constexpr const char* too_deep = "nested more than 64 levels deep: a lab needs five";

    struct Key {
        std::string text;
        YamlMark mark;
        bool good = true;
    };
    struct Open {
        std::shared_ptr<YamlNode> node;
        YAML::anchor_t anchor;
        std::optional<Key> key;
        std::unordered_map<std::string, int> lines = {}; // of the keys seen
    };

    std::shared_ptr<YamlNode> make(YamlNode::Kind kind, const YAML::Mark& mark, std::string tag) {
        if (++nodes_ > YamlLimits::nodes)
            throw Stop{{place(mark), "more than 1,000,000 values: split the lab into several files"}};
        auto node = std::make_shared<YamlNode>();
        node->kind = kind;
        node->mark = place(mark);
        node->tag = std::move(tag);
        return node;
    }

    void report(YamlMark mark, std::string message) {
        if (faults_.size() >= YamlLimits::faults)
            throw Stop{{mark, "and more faults: mend those above first"}};
        faults_.push_back({mark, std::move(message)});
    }

    void open(std::shared_ptr<YamlNode> node, YAML::anchor_t anchor) {
        if (open_.size() >= YamlLimits::depth) throw Stop{{node->mark, too_deep}};
        open_.push_back({std::move(node), anchor, std::nullopt});
    }

    void close() {
        Open done = std::move(open_.back());
        open_.pop_back();
        plain_ = false;
        add(std::move(done.node), done.anchor);
    }

    void add(std::shared_ptr<YamlNode> node, YAML::anchor_t anchor) {
        if (anchor != YAML::NullAnchor) anchors_[anchor] = node;
        attach(std::move(node));
    }

    void attach(std::shared_ptr<YamlNode> node) {
        if (open_.empty()) {
            root_ = std::move(node);
            return;
        }
        Open& parent = open_.back();
        const bool mapping = parent.node->kind == YamlNode::Kind::mapping;
        if (mapping && !parent.key) {
            take_key(parent, *node);
            return;
        }
        parent.node->weight += node->weight;
        parent.node->height = std::max(parent.node->height, node->height + 1);
        if (!mapping) {
            parent.node->items.push_back(std::move(node));
            return;
        }
        if (node->kind == YamlNode::Kind::null)
            node->mark = parent.key->mark; // the parser's points at the next token
        if (parent.key->good)
            parent.node->entries.push_back({std::move(parent.key->text), parent.key->mark, std::move(node)});
        parent.key.reset();
    }

    void take_key(Open& parent, const YamlNode& node) {
        parent.key = Key{node.text, node.mark, false};
        if (node.kind != YamlNode::Kind::scalar) {
            report(node.mark, node.kind == YamlNode::Kind::null
                                  ? "a key is missing: quote it if it is '~' or 'null'"
                                  : "a key must be a text");
        } else if (node.text == "<<" && plain_) {
            report(node.mark,
                   "merge keys are not supported: put what is shared into a group, and name it with "
                   "'group:'");
        } else if (const auto [first, fresh] = parent.lines.emplace(node.text, node.mark.line); !fresh) {
            report(node.mark, "key '" + node.text + "' is already written in line " +
                                  std::to_string(first->second) + ": make one of the two");
        } else {
            parent.key->good = true;
        }
    }

    std::vector<YamlFault>& faults_;
    std::vector<Open> open_;
    std::map<YAML::anchor_t, std::shared_ptr<const YamlNode>> anchors_;
    YamlPtr root_;
    std::size_t nodes_ = 0;
    std::size_t alias_nodes_ = 0;
    bool plain_ = false; // the last scalar was written without quotes
};

YamlMark mark_of_offset(std::string_view text, std::size_t offset) {
    const std::string_view before = text.substr(0, offset);
    const std::size_t line_start = before.rfind('\n') + 1; // npos + 1 is 0
    return {static_cast<int>(std::count(before.begin(), before.end(), '\n')) + 1,
            static_cast<int>(offset - line_start) + 1};
}

// The parser's control characters and encodings would reach messages and terminals.
std::optional<YamlFault> refuse_bytes(std::string_view text) {
    if (text.size() > YamlLimits::bytes)
        return YamlFault{{}, "larger than 8 MiB: split the lab into several files"};
    const auto bad = std::find_if(text.begin(), text.end(), [](char c) {
        const auto byte = static_cast<unsigned char>(c);
        return (byte < ' ' && byte != '\n' && byte != '\r' && byte != '\t') || byte == 0x7f;
    });
    if (bad != text.end())
        return YamlFault{mark_of_offset(text, static_cast<std::size_t>(bad - text.begin())),
                         "a control character: a lab is a text file"};
    if (is_utf8(text)) return std::nullopt;
    std::size_t line = 1;
    for (std::string_view rest = text; !rest.empty(); ++line) {
        const std::size_t end = std::min(rest.find('\n'), rest.size());
        if (!is_utf8(rest.substr(0, end)))
            return YamlFault{{static_cast<int>(line), 1}, "not UTF-8: save the file as UTF-8"};
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return YamlFault{{}, "not UTF-8: save the file as UTF-8"};
}

YamlFault syntax_fault(const YAML::Exception& exception, const TreeBuilder& builder) {
    // For a collection without an end the parser names the first line of the file, or the last.
    const bool unclosed =
        exception.msg == YAML::ErrorMsg::END_OF_SEQ_FLOW || exception.msg == YAML::ErrorMsg::END_OF_MAP_FLOW;
    if (unclosed && builder.open_collection())
        return {*builder.open_collection(), "this bracket is not closed, or a comma is missing in it; inside "
                                            "{ } a range id needs quotes: 'web[1-3]'"};
    return {place(exception.mark), "YAML: " + exception.msg};
}

} // namespace

const YamlEntry* YamlNode::find(std::string_view key) const noexcept {
    const auto entry =
        std::find_if(entries.begin(), entries.end(), [&](const YamlEntry& e) { return e.key == key; });
    return entry == entries.end() ? nullptr : &*entry;
}

YamlDocument read_yaml(std::string_view text) {
    YamlDocument document;
    if (auto fault = refuse_bytes(text)) {
        document.faults.push_back(std::move(*fault));
        return document;
    }
    TreeBuilder builder(document.faults);
    try {
        std::istringstream stream{std::string(text)};
        YAML::Parser parser(stream);
        while (parser.HandleNextDocument(builder)) {
        }
        document.root = builder.root() ? builder.root() : std::make_shared<const YamlNode>();
    } catch (const Stop& stop) {
        document.faults.push_back(stop.fault);
    } catch (const YAML::Exception& exception) {
        document.faults.push_back(syntax_fault(exception, builder));
    }
    return document;
}

} // namespace otto
