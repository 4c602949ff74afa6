// Runs in browsers that have no modules, and so can't start the page.
var late = document.getElementById('late');
late.firstChild.nodeValue = 'This browser is too old for this page. Please use a newer one.';
late.className = 'late-now';
