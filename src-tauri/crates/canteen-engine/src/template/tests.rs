use super::*;

const CHATML: &str = "{% for m in messages %}{{ '<|im_start|>' + m['role'] + '\n' + m['content'] + '<|im_end|>\n' }}{% endfor %}\
                      {% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}";

fn turn(role: Role, content: &str) -> Turn {
    Turn { role, content: content.into() }
}

fn rendered(source: &str, turns: &[Turn]) -> String {
    Template::new(source, "<s>".into(), "</s>".into()).unwrap().render(turns).unwrap()
}

fn refused(source: &str) -> String {
    let error = Template::new(source, String::new(), String::new()).unwrap_err();
    format!("{error:?}")
}

#[test]
fn a_conversation_is_rendered_up_to_the_answer() {
    let turns = [turn(Role::System, "Be brief."), turn(Role::User, "Grüße & <b>")];
    assert_eq!(
        rendered(CHATML, &turns),
        "<|im_start|>system\nBe brief.<|im_end|>\n<|im_start|>user\nGrüße & <b><|im_end|>\n<|im_start|>assistant\n"
    );
}

#[test]
fn a_template_without_a_system_role_gets_it_in_the_first_message() {
    let source = "{{ bos_token }}{% if messages[0]['role'] == 'system' %}{{ raise_exception('System role not supported') }}{% endif %}\
                  {% for m in messages %}{% if (m['role'] == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('roles must alternate') }}\
                  {% endif %}[{{ m['role'] }}]{{ m['content'] | trim }}{% endfor %}";
    let turns = [turn(Role::System, "Be brief."), turn(Role::User, "One"), turn(Role::User, "Two"), turn(Role::Assistant, "Yes")];
    assert_eq!(rendered(source, &turns), "<s>[user]Be brief.\n\nOne\n\nTwo[assistant]Yes");
}

#[test]
fn what_templates_borrow_from_python_works() {
    for (source, expected) in [
        ("{{ '  a b '.strip() }}|{{ 'xxaxx'.lstrip('x') }}|{{ 'a\n'.rstrip() }}", "a b|axx|a"),
        ("{{ 'a</think>b'.split('</think>')[-1] }}{{ 'a,b,c'.split(',', 1) | tojson }}", "b[\"a\", \"b,c\"]"),
        ("{{ 'abc'.startswith('ab') }} {{ 'abc'.endswith(('x', 'c')) }} {{ 'abc'.startswith('b') }}", "True True False"),
        (
            "{% for k, v in {'a': 1}.items() %}{{ k }}={{ v }}{% endfor %}{{ {'a': 1}.get('b', 2) }}{{ {'a': 1}.get('a') }}",
            "a=121",
        ),
        ("{{ {'a': '<x>', 'b': [1, true, none]} | tojson }}", "{\"a\": \"<x>\", \"b\": [1, true, null]}"),
        (
            "{% for i in range(5) %}{% if i == 1 %}{% continue %}{% endif %}{% if i == 3 %}{% break %}{% endif %}{{ i }}{% endfor %}",
            "02",
        ),
        ("{% set ns = namespace(n=0) %}{% for m in messages %}{% set ns.n = ns.n + 1 %}{% endfor %}{{ ns.n }}", "1"),
        ("{%- generation -%} a {%- endgeneration %}{% if tools is none and undefined_thing is not defined %}b{% endif %}", "ab"),
        ("{% macro show(x) %}<{{ x }}>{% endmacro %}{{ show('a') }}{{ 'A b'.title() }}{{ ', '.join(['x', 'y']) }}", "<a>A Bx, y"),
        ("{{ strftime_now('%Y') | length }}", "4"),
    ] {
        assert_eq!(rendered(source, &[turn(Role::User, "Hi")]), expected, "{source}");
    }
}

#[test]
fn a_template_that_runs_for_ever_runs_out_of_fuel() {
    let loops = "{% for a in range(100000) %}{% for b in range(100000) %}{% endfor %}{% endfor %}";
    assert!(refused(loops).contains("OutOfFuel"), "{}", refused(loops));
}

#[test]
fn a_template_that_writes_for_ever_is_cut_off() {
    let writes = "{% for a in range(100000) %}{{ 'a lot of text, over and over, again and again and once more' }}{% endfor %}";
    assert!(refused(writes).contains("WriteFailure"), "{}", refused(writes));
}

#[test]
fn a_template_reaches_nothing_outside() {
    for source in [
        "{% include '/etc/passwd' %}",
        "{% import 'os' as os %}{{ os }}",
        "{{ ''.__class__.__mro__ }}",
        "{% if %}",
        "{{ 1 / 0 }}x",
    ] {
        let refused = Template::new(source, String::new(), String::new());
        // Python's inner attributes are undefined here, and undefined is empty.
        assert!(
            refused.is_err() || refused.unwrap().render(&[turn(Role::User, "x")]).is_ok_and(|text| text.len() < 8),
            "{source}"
        );
    }
}

#[test]
fn a_template_that_always_refuses_is_refused() {
    assert!(refused("{{ raise_exception('not with me') }}").contains("not with me"));
}
