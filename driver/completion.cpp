// tcc completion: scripts by which shells complete command lines, made of the command line itself.
#include <map>
#include <memory>

#include <fmt/format.h>
#include <CLI/CLI.hpp>

#include "driver/stages.h"
#include "driver/subcommands.h"

namespace tcc::driver {

namespace {

struct Choice {
  std::vector<std::string> names;  ///< `--output`, `-o`
  std::string description;
  bool takes_value;
  std::vector<std::string> values;  ///< where they are known; files otherwise
};

struct Command {
  std::string name;
  std::string description;
  std::vector<Choice> choices;
  std::vector<std::string> values;  ///< of what stands without an option; files otherwise
};

std::vector<std::string> known_values(const std::string& option) {
  std::vector<std::string> values;
  if (option == "--stage") {
    for (const StageInfo& info : all_stages())
      values.emplace_back(info.name);
  } else if (option == "--print-after") {
    values.emplace_back("all");
    for (const ir::Pass& pass : ir::all_passes())
      values.emplace_back(pass.name);
  } else if (option == "ACTION") {
    values = {"clear", "prune"};
  } else if (option == "SHELL") {
    values = {"bash", "zsh", "fish"};
  }
  return values;
}

Choice choice_of(const CLI::Option& option) {
  Choice choice{{}, option.get_description(), option.get_items_expected_max() > 0, {}};
  for (const std::string& name : option.get_lnames())
    choice.names.push_back("--" + name);
  for (const std::string& name : option.get_snames())
    choice.names.push_back("-" + name);
  choice.values = known_values(choice.names.front());
  return choice;
}

std::vector<Command> commands_of(const CLI::App& app) {
  std::vector<Command> commands;
  for (const CLI::App* each : app.get_subcommands([](const CLI::App*) { return true; })) {
    Command command{each->get_name(), each->get_description(), {}, {}};
    for (const CLI::Option* option : each->get_options()) {
      if (option->nonpositional()) {
        command.choices.push_back(choice_of(*option));
      } else {
        command.values = known_values(option->get_name(true));
      }
    }
    commands.push_back(std::move(command));
  }
  return commands;
}

std::string joined(const std::vector<std::string>& words, std::string_view between) {
  std::string text;
  for (const std::string& word : words)
    text += fmt::format("{}{}", text.empty() ? "" : between, word);
  return text;
}

/// Inside single quotes of a shell, with a backslash before `special` characters.
std::string escaped(std::string_view text, std::string_view special = "") {
  std::string result;
  for (const char c : text) {
    if (c == '\'') {
      result += "'\\''";
      continue;
    }
    if (special.find(c) != std::string_view::npos) result += '\\';
    result += c;
  }
  return result;
}

std::vector<std::string> names_of(const std::vector<Command>& commands) {
  std::vector<std::string> names;
  for (const Command& command : commands)
    names.push_back(command.name);
  return names;
}

std::string bash_script(const std::vector<Command>& commands) {
  std::string options;
  std::map<std::string, std::string> values;
  for (const Command& command : commands) {
    std::vector<std::string> words;
    for (const Choice& choice : command.choices) {
      words.insert(words.end(), choice.names.begin(), choice.names.end());
      if (choice.values.empty()) continue;
      for (const std::string& name : choice.names)
        values[name] = joined(choice.values, " ");
    }
    options += fmt::format("    {}) words='{}' values='{}' ;;\n", command.name, joined(words, " "),
                           joined(command.values, " "));
  }
  std::string of_options;
  for (const auto& [name, words] : values)
    of_options += fmt::format("    {}) values='{}' ;;\n", name, words);
  return fmt::format(R"(# bash: source <(tcc completion bash)
_tcc() {{
  local current=${{COMP_WORDS[COMP_CWORD]}} words= values=
  if [ "$COMP_CWORD" -eq 1 ]; then
    mapfile -t COMPREPLY < <(compgen -W '{} --help --version' -- "$current")
    return
  fi
  case ${{COMP_WORDS[1]}} in
{}  esac
  case ${{COMP_WORDS[COMP_CWORD-1]}} in
{}  esac
  if [ -n "$values" ]; then
    mapfile -t COMPREPLY < <(compgen -W "$values" -- "$current")
  elif [[ $current == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
  else
    mapfile -t COMPREPLY < <(compgen -f -- "$current")
  fi
}}
complete -o filenames -F _tcc tcc
)",
                     joined(names_of(commands), " "), options, of_options);
}

std::string zsh_option(const Choice& choice) {
  const std::string description = escaped(choice.description, "[]:\\");
  const std::string value = !choice.takes_value ? ""
                            : choice.values.empty()
                                ? ":value:_files"
                                : fmt::format(":value:({})", joined(choice.values, " "));
  std::string text;
  for (const std::string& name : choice.names)
    text += fmt::format(" \\\n        '*{}[{}]{}'", name, description, value);
  return text;
}

std::string zsh_script(const std::vector<Command>& commands) {
  std::string descriptions;
  std::string cases;
  for (const Command& command : commands) {
    descriptions += fmt::format("    '{}:{}'\n", command.name, escaped(command.description, ":\\"));
    cases += fmt::format("    {})\n      _arguments", command.name);
    for (const Choice& choice : command.choices)
      cases += zsh_option(choice);
    cases += command.values.empty()
                 ? " \\\n        '*:file:_files' ;;\n"
                 : fmt::format(" \\\n        '1:value:({})' ;;\n", joined(command.values, " "));
  }
  return fmt::format(R"(#compdef tcc
# zsh: source <(tcc completion zsh), or as a file _tcc in a folder of $fpath
_tcc() {{
  local -a commands
  commands=(
{}  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  local command=$words[2]
  shift words
  (( CURRENT-- ))
  case $command in
{}  esac
}}
if [ "$funcstack[1]" = _tcc ]; then _tcc "$@"; else compdef _tcc tcc; fi
)",
                     descriptions, cases);
}

std::string fish_script(const std::vector<Command>& commands) {
  std::string text = "# fish: tcc completion fish | source\n";
  for (const Command& command : commands) {
    text += fmt::format("complete -c tcc -n __fish_use_subcommand -f -a {} -d '{}'\n", command.name,
                        escaped(command.description));
    const std::string condition =
        fmt::format("complete -c tcc -n '__fish_seen_subcommand_from {}'", command.name);
    if (!command.values.empty())
      text += fmt::format("{} -f -a '{}'\n", condition, joined(command.values, " "));
    for (const Choice& choice : command.choices) {
      text += condition;
      for (const std::string& name : choice.names) {
        const bool is_long = name.starts_with("--");
        text += fmt::format(" -{} {}", is_long ? 'l' : 's', name.substr(is_long ? 2 : 1));
      }
      if (choice.takes_value) text += " -r";
      if (!choice.values.empty()) text += fmt::format(" -f -a '{}'", joined(choice.values, " "));
      text += fmt::format(" -d '{}'\n", escaped(choice.description));
    }
  }
  return text;
}

}  // namespace

void add_completion(CLI::App& app, Action& action) {
  auto shell = std::make_shared<std::string>();
  CLI::App* command = app.add_subcommand("completion", "Print what completes tcc in a shell");
  command->footer(
      "Example:\n"
      "  source <(tcc completion bash)\n"
      "in ~/.bashrc lets the tabulator key complete subcommands, options and stages.");
  command->add_option("SHELL", *shell, "bash, zsh or fish")
      ->required()
      ->check(CLI::IsMember({"bash", "zsh", "fish"}));
  command->final_callback([shell, &app, &action] {
    action = [shell, &app](Console& console, Reproducer&) {
      const auto commands = commands_of(app);
      console.out << (*shell == "bash"  ? bash_script(commands)
                      : *shell == "zsh" ? zsh_script(commands)
                                        : fish_script(commands));
      return ExitCode::done;
    };
  });
}

}  // namespace tcc::driver
