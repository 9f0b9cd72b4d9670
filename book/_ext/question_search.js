// How the search of this book orders what it finds. Sphinx's own order asks for every word of a query
// on a page and counts only the best of them, so a question in a reader's words finds nothing, or
// finds pages in the order of the alphabet. Here a page counts by the share of the question that it
// speaks of, where a rare word weighs more, and it is opened at the heading that has most of them.
// Sphinx puts this file behind its `searchtools.js` (`html_search_scorer`).

/** Words of a question that say nothing about its subject. */
const ASIDE = new Set(
  `about after all also always am any anyone been before being best between both can cannot cant could did do does
   doesnt doing dont each else even ever every from get gets getting give gives go got had has have having help
   here how i if its just keep know let like make makes many may me mean means more most much must my need needs
   no now only or other our out problem properly question really same should show so some someone something still
   than them thing this those too try trying up use used using very want was way we were what when where
   which while who why will without work working works would wrong you your`.split(/\s+/),
);

/** @param {string} query @returns {string[]} the words to look for; all of them if none is of use */
var splitQuery = (query) => {
  const words = query.replace(/['’]/g, "").split(/[^\p{Letter}\p{Number}_]+/gu).filter(Boolean);
  const kept = words.filter((word) => !ASIDE.has(word.toLowerCase()));
  return kept.length ? kept : words;
};

// An entry of the index marks a place without text, of which Sphinx can show no excerpt.
const ofPlace = Search.makeSearchSummary;
/** @param {string} html @param {Set<string>} words @param {string} [anchor] @returns {Element} */
Search.makeSearchSummary = (html, words, anchor) =>
  ofPlace(html, words, anchor) ?? ofPlace(html, words) ?? document.createElement("p");

/** @param {number | number[] | undefined} entry @returns {number[]} the pages of an entry of the index */
const pagesOf = (entry) => (entry === undefined ? [] : [entry].flat());

/**
 * Find the pages for the words of a query.
 * @param {Set<string>} words stemmed words to look for
 * @param {Set<string>} excluded words that a page must not have
 * @returns {Array<Array<unknown>>} page, title, anchor, description, score up to 45, file
 */
Search.performTermsSearch = (words, excluded) => {
  const { alltitles, docnames, filenames, indexentries, terms, titles, titleterms } = Search._index;
  const stemmer = new Stemmer();
  const weights = new Map();
  const shares = docnames.map(() => 0);
  for (const word of words) {
    const alike = Object.keys(terms).filter((term) => word.length > 3 && term.includes(word));
    const known = word in terms || word in titleterms ? [word] : alike;
    const places = known.flatMap((term) => [...pagesOf(terms[term]), ...pagesOf(titleterms[term])]);
    const pages = new Set(places);
    if (!pages.size) continue; // a word that the book does not have
    const weight = Math.log(1 + docnames.length / pages.size);
    weights.set(word, weight);
    for (const page of pages) shares[page] += weight;
  }
  const whole = [...weights.values()].reduce((sum, weight) => sum + weight, 0);

  // The heading or the entry of the index that has most of the question, and little else; names of
  // the package are looked up by Sphinx.
  const best = docnames.map(() => ({ points: 0, title: "", id: "" }));
  const headings = Object.entries(alltitles).map(([title, places]) => [title, title, places]);
  const spoken = Object.entries(indexentries).filter(([entry]) => !entry.includes("gru_course"));
  const entries = spoken.map(([entry, places]) => [entry, entry, places]);
  for (const [title, text, places] of [...headings, ...entries]) {
    const own = new Set(splitQuery(text).map((word) => stemmer.stemWord(word.toLowerCase())));
    const common = [...own].filter((word) => weights.has(word));
    if (!common.length) continue;
    const share = common.reduce((sum, word) => sum + weights.get(word), 0) / whole;
    const points = 20 * share + (5 * share * common.length) / own.size;
    for (const [page, id] of places) {
      if (points > best[page].points) best[page] = { points, title, id: id ?? "" };
    }
  }
  const results = [];
  shares.forEach((share, page) => {
    const barred = [...excluded].some((word) => pagesOf(terms[word]).includes(page));
    if (barred || !share || share < 0.3 * whole) return;
    const { points, title, id } = best[page];
    const precise = id && points > 8;
    const name = precise && title !== titles[page] ? `${titles[page]} > ${title}` : titles[page];
    const score = (20 * share) / whole + points;
    results.push([docnames[page], name, precise ? `#${id}` : "", null, score, filenames[page]]);
  });
  return results;
};
